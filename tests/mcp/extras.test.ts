import { beforeAll, describe, expect, test } from 'vitest';
import { CLIENTS, connect, type TestClient } from './mcpClients.ts';
import { serverCommand, startServer, type HttpServer } from './serverProcess.ts';
import { startTokenIssuer } from './tokenIssuer.ts';

// Nobody listens there: prompts and resources come without asking the provider.
const AWS = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

let server: HttpServer;

beforeAll(async () => {
  server = await startServer('aws-cost', AWS);
  return () => server.stop();
});

describe.each(CLIENTS)('%s', (kind) => {
  describe.each(['http', 'stdio'] as const)('over %s', (transport) => {
    let client: TestClient;

    beforeAll(async () => {
      client = await connect(
        kind,
        transport === 'http' ? { url: server.url } : serverCommand('aws-cost', AWS, '--stdio'),
      );
      return () => client.close();
    });

    test('finds the prompts with their arguments, and gets one filled in', async () => {
      expect(await client.listPrompts()).toEqual([
        { name: 'explain_spike', args: ['day', 'service'] },
        { name: 'monthly_review', args: ['month'] },
      ]);
      const text = await client.prompt('explain_spike', { day: '2026-03-03', service: 'A "b"' });
      expect(text).toContain('periodA 2026-02-24 to 2026-02-25 and periodB 2026-03-03 to');
      expect(text).toContain(String.raw`filter {"dimension":"ServiceName","in":["A \"b\""]}`);
      expect(await client.prompt('monthly_review', { month: '2026-01' })).toContain(
        'periodA 2025-12-01 to 2026-01-01',
      );
    });

    test.each([
      ['explain_spike', { day: 'yesterday' }],
      ['explain_spike', {}],
      ['monthly_review', { month: '2026-13' }],
      ['monthly_review', { month: '2026-01', more: 'x' }],
      ['no_such_prompt', {}],
      ['constructor', {}],
    ] as const)('is refused the prompt %s with %j', async (name, args) => {
      await expect(client.prompt(name, args)).rejects.toMatchObject({ code: -32602 });
    });

    test('finds the resources and reads each', async () => {
      const uris = await client.listResources();
      expect(uris).toEqual([
        'costguard://aws-cost/dimensions',
        'costguard://aws-cost/limits',
        'costguard://aws-cost/focus-mapping',
        'costguard://aws-cost/dimensions/{name}',
      ]);
      const texts = await Promise.all(uris.slice(0, 3).map((uri) => client.read(uri)));
      const [dimensions, limits, mapping] = texts.map((text) => JSON.parse(text) as unknown);
      expect(dimensions).toMatchObject({ provider: 'AWS' });
      expect(limits).toMatchObject({ price: { usdPerRequest: '0.01', requestsPerDay: 200 } });
      expect(mapping).toMatchObject({
        metrics: expect.arrayContaining([{ name: 'BilledCost', source: 'UnblendedCost' }]) as [],
      });
    });

    test('reads one dimension, tags among them, and is refused what is none', async () => {
      const read = async (name: string) =>
        JSON.parse(await client.read(`costguard://aws-cost/dimensions/${name}`)) as unknown;
      expect(await read('ServiceName')).toMatchObject({ name: 'ServiceName', groupBy: true });
      expect(await read('Tags%3Ateam')).toMatchObject({ name: 'Tags:team', filter: true });
      for (const uri of [
        'costguard://aws-cost/dimensions/Nothing',
        'costguard://aws-cost/dimensions/%E0%A4%A',
        'costguard://gcp-billing/dimensions',
        'file:///etc/passwd',
      ])
        await expect(client.read(uri), uri).rejects.toMatchObject({
          code: expect.any(Number) as number,
        });
    });
  });
});

test('prompts and resources need the same token as tools', async () => {
  const issuer = await startTokenIssuer();
  const guarded = await startServer('aws-cost', {
    ...AWS,
    ...issuer.env,
  });
  const client = async (scope: string) => {
    const headers = { authorization: `Bearer ${await issuer.token({ scope })}` };
    return connect('v2 auto', { url: guarded.url, headers });
  };
  const [good, poor] = [await client('mcp:read'), await client('costs:read')];
  try {
    expect(await good.read('costguard://aws-cost/limits')).toContain('AWS');
    expect(await good.prompt('monthly_review', { month: '2026-01' })).toContain('2026-01');
    await expect(poor.read('costguard://aws-cost/limits')).rejects.toThrow();
    await expect(poor.read('costguard://aws-cost/dimensions/SkuMeter')).rejects.toThrow();
    await expect(poor.prompt('monthly_review', { month: '2026-01' })).rejects.toThrow();
  } finally {
    await good.close();
    await poor.close();
    await guarded.stop();
    await issuer.close();
  }
});
