import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../costResults.ts';
import { connect, type TestClient } from '../mcpClients.ts';
import type { ProviderWorld } from '../providerWorld.ts';
import { serverCommand, startServer, type HttpServer } from '../serverProcess.ts';
import { PERIOD } from './books.ts';
import { freshOf, startLlmWorld, type LlmWorld } from './llmWorld.ts';
import { startAnthropicWorld, startOpenAiWorld } from './providerWorlds.ts';

describe('a server with both keys', () => {
  let world: LlmWorld;

  beforeAll(async () => {
    world = await startLlmWorld();
    return () => world.close();
  });

  beforeEach(() => {
    world.openai.clear();
    world.anthropic.clear();
  });

  test('answers for both where no connection is named', async () => {
    const { Total, sources, currencies } = await world.costs({ period: PERIOD });
    expect(Total).toEqual([
      { BillingCurrency: 'USD', count: 6, BilledCost: '45.73350000390000030003' },
    ]);
    expect(currencies).toEqual(['USD']);
    expect(sources).toEqual([
      { connectionId: 'openai', status: 'ok' },
      { connectionId: 'anthropic', status: 'ok' },
    ]);
  });

  test('keeps pages of both together', async () => {
    const args = { period: PERIOD, groupBy: ['SkuMeter'], limit: 10 };
    const whole = await world.costs({ ...args, limit: 1000 });
    const first = await world.costs(args);
    const second = await world.costs({ ...args, cursor: first.nextCursor });
    const third = await world.costs({ ...args, cursor: second.nextCursor });
    expect([...first.rows, ...second.rows, ...third.rows]).toEqual(whole.rows);
    expect(third.nextCursor).toBeUndefined();
  });

  test('shows the one that failed beside the one that did not', async () => {
    world.openai.answer(() => ({ status: 403, body: '{}' }));
    const { Total, sources, notes } = await world.costs({
      period: PERIOD,
      connectionIds: [freshOf('openai'), freshOf('anthropic')],
    });
    expect(Total[0]?.BilledCost).toBe('33.793500003');
    expect(sources).toMatchObject([
      { status: 'ok' },
      { status: 'failed', error: 'PERMISSION_MISSING', permission: 'api.usage.read' },
    ]);
    expect(notes.join()).toMatch(/OpenAI is missing here/);
  });

  test('shows the one that cannot answer the question at all', async () => {
    const { rows, sources } = await world.costs({
      period: PERIOD,
      groupBy: ['x_ApiKeyId'],
      connectionIds: [freshOf('openai'), freshOf('anthropic')],
    });
    expect(rows.every(({ ProviderName }) => ProviderName === 'OpenAI')).toBe(true);
    expect(sources).toMatchObject([{ status: 'ok' }, { status: 'failed', error: 'UNSUPPORTED' }]);
  });

  test('fails with the reason where all fail', async () => {
    world.openai.answer(() => ({ status: 500, body: '' }));
    world.anthropic.answer(() => ({ status: 401, body: '' }));
    const refusal = await world.refusal('query_costs', {
      period: PERIOD,
      connectionIds: [freshOf('openai'), freshOf('anthropic')],
    });
    expect(refusal.code).toBe('UPSTREAM_FAILED');
  });

  test('has one budget for each connection', async () => {
    const [one, other] = [freshOf('openai'), freshOf('openai')];
    const ask = (connectionId: string) =>
      world.costs({ period: PERIOD, connectionIds: [connectionId] });
    expect((await ask(one)).cost).toMatchObject({ upstreamCalls: 1, budgetLeft: 4999 });
    expect((await ask(one)).cost).toMatchObject({ upstreamCalls: 0, budgetLeft: 4999 });
    expect((await ask(other)).cost).toMatchObject({ upstreamCalls: 1, budgetLeft: 4999 });
  });

  test.each([
    ['an unknown id', ['default']],
    ['an id that only begins like one', ['openaiorg']],
    ['two of one organisation', ['openai', 'openai-other']],
  ])('refuses %s and asks nobody', async (_name, connectionIds) => {
    expect(await world.refusal('query_costs', { period: PERIOD, connectionIds })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'connectionIds',
    });
    expect(world.openai.calls).toEqual([]);
  });
});

describe('a server without a key', () => {
  test('says which variable to set', async () => {
    const server = await startServer('llm-tracker', {});
    const client = await connect('v2 auto', { url: server.url });
    try {
      const all = await client.call('query_costs', { period: PERIOD });
      expect(all.content[0]?.text).toMatch(/AUTH_EXPIRED.*OPENAI_ADMIN_KEY or ANTHROPIC_ADMIN_KEY/);
      const one = await client.call('list_accounts', { connectionId: 'anthropic' });
      expect(one.content[0]?.text).toMatch(/AUTH_EXPIRED.*Set ANTHROPIC_ADMIN_KEY/);
      const source = await client.call('describe_source', {});
      expect(source.structuredContent).toMatchObject({ connections: [] });
    } finally {
      await client.close();
      await server.stop();
    }
  });
});

describe.each([
  ['OpenAI', startOpenAiWorld],
  ['Anthropic', startAnthropicWorld],
])('the world of %s that all servers’ tests use', (name, start) => {
  let world: ProviderWorld;
  let server: HttpServer;
  let client: TestClient;

  beforeAll(async () => {
    world = await start();
    server = await startServer(world.server, world.env);
    client = await connect('v2 auto', { url: server.url });
    return async () => {
      await client.close();
      await server.stop();
      await world.close();
    };
  });

  test('has the costs that it says, over HTTP and over stdio', async () => {
    const piped = await connect('v1', serverCommand(world.server, world.env, '--stdio'));
    for (const each of [client, piped]) {
      const before = world.calls();
      const { structuredContent } = await each.call('query_costs', {
        period: world.period,
        groupBy: world.groupBy,
      });
      expect(structuredContent).toMatchObject({
        Total: [{ BillingCurrency: 'USD', BilledCost: world.totals['USD'] }],
      });
      expect((structuredContent?.['rows'] as unknown[]).length).toBeGreaterThan(3);
      expect(world.calls() - before).toBe(1);
    }
    await piped.close();
    const source = await client.call('describe_source', {});
    expect(source.structuredContent).toMatchObject({ provider: name });
  });

  test.each([
    ['throttled', 'THROTTLED', 1],
    ['expired', 'AUTH_EXPIRED', 2],
    ['forbidden', 'PERMISSION_MISSING', 3],
    ['broken', 'UPSTREAM_FAILED', 4],
    ['cut', 'UPSTREAM_FAILED', 5],
  ] as const)('breaks as it is told: %s', async (how, code, daysBefore) => {
    world.break(how);
    // A period of its own: some failures are remembered for a while.
    const period = { ...world.period, start: day(world.period.start, -daysBefore) };
    const reply = await client.call('query_costs', { period });
    world.heal();
    expect(reply.content[0]?.text).toMatch(new RegExp(`^${code}: `));
    for (const secret of world.secrets) expect(JSON.stringify(reply)).not.toContain(secret);
  });
});
