import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { format } from 'prettier';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { compareCostsContract } from '../../core/mcp/compareCosts.ts';
import { describeSourceContract } from '../../core/mcp/describeSource.ts';
import { getResourceCostsContract } from '../../core/mcp/getResourceCosts.ts';
import { listAccountsContract } from '../../core/mcp/listAccounts.ts';
import { listDimensionValuesContract } from '../../core/mcp/listDimensionValues.ts';
import { queryCostsContract } from '../../core/mcp/queryCosts.ts';
import { TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../core/mcp/toolError.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { addDays } from '../../core/time/day.ts';
import { groupBy } from './groupBy.ts';
import { CLIENTS, connect, type TestClient, type ToolReply } from './mcpClients.ts';
import type { ProviderWorld } from './providerWorld.ts';
import { PROVIDER_WORLDS } from './providerWorlds.ts';
import { serverCommand, startServer, type HttpServer } from './serverProcess.ts';
import { startTokenIssuer } from './tokenIssuer.ts';
import { textOf } from './toolCaller.ts';

/** One list for all: a client that knows one provider's server knows every one. */
const GOLDEN = readFileSync(new URL('./golden/aws-cost.tools.json', import.meta.url), 'utf8');

describe.each(Object.entries(PROVIDER_WORLDS))('%s', (_name, startWorld) => {
  let world: ProviderWorld;
  let server: HttpServer;
  let client: TestClient;
  /** Everything that clients received, to search for what must not be there. */
  const received: string[] = [];
  let connections = 0;

  beforeAll(async () => {
    world = await startWorld();
    server = await startServer(world.server, world.env);
    client = await connect('v2 auto', { url: server.url });
    return async () => {
      await client.close();
      await server.stop();
      await world.close();
    };
  });

  afterEach(() => {
    world.heal();
  });

  /** A connection id that no test used before, so that no cached answer is met. */
  const fresh = (): string => {
    connections += 1;
    const prefix = world.provider.toLowerCase();
    return world.server === 'llm-tracker' ? `${prefix}-t${connections}` : `t${connections}`;
  };
  const call = async (name: string, args: unknown, by: TestClient = client): Promise<ToolReply> => {
    const reply = await by.call(name, args);
    received.push(JSON.stringify(reply));
    return reply;
  };
  const costs = async (args: Record<string, unknown>) => {
    const question = { period: world.period, connectionIds: [fresh()], ...args };
    const reply = await call('query_costs', question);
    if (reply.isError === true) throw new Error(textOf(reply));
    return queryCostsContract.output.parse(reply.structuredContent);
  };
  const refusal = async (name: string, args: unknown): Promise<ToolErrorMeta> => {
    const reply = await call(name, args);
    if (reply.isError !== true) throw new Error(`not refused: ${textOf(reply)}`);
    expect(reply.structuredContent).toBeUndefined();
    return ToolErrorMeta.parse(reply._meta?.[TOOL_ERROR_META_KEY]);
  };
  const billed = (rows: readonly { BillingCurrency: string; BilledCost?: string | undefined }[]) =>
    Object.fromEntries(
      [...groupBy(rows, ({ BillingCurrency }) => BillingCurrency)].map(([currency, own]) => [
        currency,
        sumDecimals(own.map(({ BilledCost }) => BilledCost ?? '0')),
      ]),
    );

  describe.each(CLIENTS)('a client of kind %s', (kind) => {
    test.each(['http', 'stdio'] as const)(
      'over %s gets the shared tools, exact costs, and a refusal that it can repair',
      async (transport) => {
        const own = await connect(
          kind,
          transport === 'http'
            ? { url: server.url }
            : serverCommand(world.server, world.env, '--stdio'),
        );
        try {
          const tools = await own.listTools();
          const list = await format(JSON.stringify(tools), { parser: 'json', printWidth: 100 });
          expect(list).toBe(GOLDEN);
          const args = { period: world.period, groupBy: world.groupBy, connectionIds: [fresh()] };
          const reply = await call('query_costs', args, own);
          const output = queryCostsContract.output.parse(reply.structuredContent);
          expect(billed(output.Total)).toEqual(world.totals);
          expect(output.rows[0]?.ProviderName).toBe(world.provider);
          expect(JSON.parse(textOf(reply))).toEqual(reply.structuredContent);
          const wrong = { ...args, period: { start: world.period.end, end: world.period.start } };
          const refused = await call('query_costs', wrong, own);
          expect(refused.isError).toBe(true);
          expect(textOf(refused)).toMatch(/^INVALID_ARGUMENT: .*period\.end: must be after/);
          await expect(own.call('delete_everything', {})).rejects.toMatchObject({ code: -32602 });
        } finally {
          await own.close();
        }
      },
    );
  });

  test('describes itself without asking the provider', async () => {
    const before = world.calls();
    const reply = await call('describe_source', {});
    const source = describeSourceContract.output.parse(reply.structuredContent);
    expect(source.dimensions.map(({ name }) => name)).toContain('ServiceName');
    expect(source.metrics.map(({ name }) => name)).toContain('BilledCost');
    expect(world.calls()).toBe(before);
  });

  test('the same question twice asks the provider once', async () => {
    const question = { groupBy: world.groupBy, connectionIds: [fresh()] };
    const before = world.calls();
    const first = await costs(question);
    const asked = world.calls() - before;
    expect(asked).toBeGreaterThan(0);
    const second = await costs(question);
    expect(world.calls() - before).toBe(asked);
    expect(second.rows).toEqual(first.rows);
    expect(second.cost).toMatchObject({ upstreamCalls: 0 });
    expect(second.cost.cacheHits).toBeGreaterThan(0);
  });

  test('pages come to the whole, and each page’s rows and Remainder to Total', async () => {
    const question = { groupBy: world.groupBy, connectionIds: [fresh()] };
    const whole = await costs({ ...question, limit: 1000 });
    expect(whole.nextCursor).toBeUndefined();
    const rows = [];
    for (let cursor: string | undefined; ;) {
      const page = await costs({ ...question, limit: 2, ...(cursor ? { cursor } : {}) });
      rows.push(...page.rows);
      expect(page.Total).toEqual(whole.Total);
      expect(billed([...page.rows, ...page.Remainder])).toEqual(world.totals);
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    expect(rows).toEqual(whole.rows);
    expect(rows.length).toBeGreaterThan(3);
  });

  test('groups in total and values of a dimension come to the same as the days', async () => {
    const inTotal = await costs({ groupBy: world.groupBy, granularity: 'TOTAL' });
    expect(billed(inTotal.rows)).toEqual(world.totals);
    const reply = await call('list_dimension_values', {
      dimension: world.groupBy[0],
      period: world.period,
      connectionIds: [fresh()],
    });
    const values = listDimensionValuesContract.output.parse(reply.structuredContent);
    expect(billed(values.rows)).toEqual(world.totals);
  });

  test('two periods are compared exactly: A, B, and the parts of the difference', async () => {
    const { start, end } = world.period;
    const reply = await call('compare_costs', {
      periodA: { start, end: addDays(start, 1) },
      periodB: { start: addDays(end, -1), end },
      groupBy: [world.groupBy[0]],
      connectionIds: [fresh()],
      topN: 1,
    });
    const compared = compareCostsContract.output.parse(reply.structuredContent);
    for (const total of compared.Total) {
      const parts = [...compared.rows, ...compared.Remainder].filter(
        ({ BillingCurrency }) => BillingCurrency === total.BillingCurrency,
      );
      for (const side of ['A', 'B', 'Delta'] as const) {
        expect(sumDecimals(parts.map((part) => part[side]))).toBe(total[side]);
      }
    }
    expect(compared.Total.length).toBeGreaterThan(0);
  });

  test('lists accounts', async () => {
    const reply = await call('list_accounts', { connectionId: fresh() });
    expect(
      listAccountsContract.output.parse(reply.structuredContent).rows.length,
      textOf(reply),
    ).toBeGreaterThan(0);
  });

  test('tells resources apart, or says plainly that it cannot', async () => {
    const { resources } = world;
    if (resources === undefined) {
      const filter = { dimension: 'ServiceName', in: ['x'] };
      const { code } = await refusal('get_resource_costs', { period: world.period, filter });
      expect(code).toBe('UNSUPPORTED');
      return;
    }
    const reply = await call('get_resource_costs', { ...resources, connectionIds: [fresh()] });
    const { rows } = getResourceCostsContract.output.parse(reply.structuredContent);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ ResourceId }) => ResourceId !== null)).toBe(true);
  });

  test.each([
    ['throttled', 'THROTTLED', true],
    ['expired', 'AUTH_EXPIRED', false],
    ['forbidden', 'PERMISSION_MISSING', false],
    ['broken', 'UPSTREAM_FAILED', false],
    ['cut', 'UPSTREAM_FAILED', true],
  ] as const)('a provider that is %s gives %s', async (how, code, retryable) => {
    world.break(how);
    const connectionIds = [fresh()];
    const meta = await refusal('query_costs', { period: world.period, connectionIds });
    expect(meta).toMatchObject({ code, ...(how === 'broken' ? {} : { retryable }) });
    if (how === 'throttled') expect(meta.retryAfterMs).toBeGreaterThan(0);
    if (how === 'forbidden') expect(meta.permission).toBeTruthy();
    const source = await call('describe_source', {});
    const { connections: known } = describeSourceContract.output.parse(source.structuredContent);
    const [own] = known.filter(({ connectionId }) => connectionId === connectionIds[0]);
    expect(own).toMatchObject({ health: 'failed', error: code });
  });

  test('a call that its caller gives up ends the request to the provider', async () => {
    world.break('hang');
    const [asked, given] = [world.calls(), world.abandoned()];
    const controller = new AbortController();
    const answer = client.call(
      'query_costs',
      { period: world.period, connectionIds: [fresh()] },
      { signal: controller.signal },
    );
    const settled = answer.then(
      () => 'answered',
      () => 'ended',
    );
    await until(() => world.calls() > asked);
    controller.abort();
    expect(await settled).toBe('ended');
    await until(() => world.abandoned() > given);
  });

  test('wrong arguments of any tool are refused without asking the provider', async () => {
    const names = (await client.listTools()).map(({ name }) => name);
    const before = world.calls();
    const anything = fc.jsonValue({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.dictionary(fc.string(), anything),
        async (name, args) => {
          for (;;) {
            const { code, retryAfterMs = 0 } = await refusal(name, { ...args, 'not one': true });
            if (code !== 'THROTTLED') {
              expect(code).toBe('INVALID_ARGUMENT');
              return;
            }
            await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(world.calls()).toBe(before);
    expect(server.child.exitCode).toBeNull();
  });

  test('asks for a token of its own audience, and for a host and origin that it knows', async () => {
    const issuer = await startTokenIssuer();
    const guarded = await startServer(world.server, { ...world.env, ...issuer.env });
    try {
      const post = async (headers: Record<string, string>, body = '{}') => {
        const { url } = guarded;
        const json = { 'content-type': 'application/json', accept: 'application/json' };
        return fetch(url, { method: 'POST', headers: { ...json, ...headers }, body });
      };
      const bearer = async (audience?: string) => ({
        authorization: `Bearer ${await issuer.token(audience === undefined ? {} : { audience })}`,
      });
      expect((await post({})).status).toBe(401);
      expect((await post(await bearer('https://elsewhere.example/mcp'))).status).toBe(401);
      expect((await post({ ...(await bearer()), origin: 'https://evil.example' })).status).toBe(
        403,
      );
      expect((await post(await bearer(), ' '.repeat(300 * 1024))).status).toBe(413);
      const own = await connect('v2 auto', { url: guarded.url, headers: await bearer() });
      expect(await own.listTools()).toHaveLength(8);
      await own.close();
    } finally {
      await guarded.stop();
      await issuer.close();
    }
  });

  test('no planted secret and no text of the provider is in any result or log', () => {
    expect(received.length).toBeGreaterThan(20);
    for (const secret of world.secrets) {
      expect(received.join('\n')).not.toContain(secret);
      expect(server.output()).not.toContain(secret);
    }
    // 50 is pino's error level: something that nobody foresaw.
    expect(server.output()).not.toMatch(/"level":50/);
  });
});

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
