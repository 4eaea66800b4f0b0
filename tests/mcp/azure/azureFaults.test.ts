import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeSourceContract } from '../../../core/mcp/describeSource.ts';
import { addDays } from '../../../core/time/day.ts';
import { runServerProgram } from '../serverProcess.ts';
import { SECRETS, type Answer, type AzureCall } from './azureProxy.ts';
import { startAzure, type AzureTest } from './startAzure.ts';
import type { CostArgs } from '../toolCaller.ts';

const SUB = '11111111-1111-1111-1111-111111111111';
const OTHER = '22222222-2222-2222-2222-222222222222';
const TODAY = new Date().toISOString().slice(0, 10);
const START = addDays(TODAY, -60);
const PERIOD = { start: START, end: addDays(START, 2) };
const UPSTREAM_TEXT = 'planted words of the provider';
const QUERY = 'Microsoft.CostManagement/query/action';
const LIMIT = (name: string) => `x-ms-ratelimit-microsoft.costmanagement-${name}-retry-after`;

let world: AzureTest;
const replies: unknown[] = [];

beforeAll(async () => {
  world = await startAzure([`subscriptions/${SUB}`]);
  record(world);
  return () => world.close();
});

beforeEach(() => {
  world.proxy.clear();
});

function record({ client }: AzureTest): void {
  const { call } = client;
  client.call = async (...args) => {
    const reply = await call(...args);
    replies.push(reply);
    return reply;
  };
}

let connections = 0;
const freshConnection = (): string => `c${(connections += 1)}`;

const ask = (args: Partial<CostArgs> = {}): CostArgs => ({
  period: PERIOD,
  groupBy: ['ServiceName'],
  connectionIds: [freshConnection()],
  ...args,
});

const DAY = Number(START.replaceAll('-', ''));
const COLUMNS = ['Cost', 'UsageDate', 'ServiceName', 'Currency'];
const page = (rows: unknown[], columns = COLUMNS, more: object = {}): Answer => ({
  json: { properties: { columns: columns.map((name) => ({ name })), rows, ...more } },
});
const GOOD = page([[1, DAY, 'Storage', 'EUR']]);

const refuse = (status: number, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  json: { error: { code, message: `${UPSTREAM_TEXT}: object id 0000 on ${SUB}` } },
});

describe('an error of Azure', () => {
  test.each<[number, string, object]>([
    [401, 'ExpiredAuthenticationToken', { code: 'AUTH_EXPIRED', retryable: false }],
    [401, 'InvalidAuthenticationTokenTenant', { code: 'AUTH_EXPIRED', retryable: false }],
    [403, 'AuthorizationFailed', { code: 'PERMISSION_MISSING', permission: QUERY }],
    [401, 'RBACAccessDenied', { code: 'AUTH_EXPIRED' }],
    [403, 'RBACAccessDenied', { code: 'PERMISSION_MISSING', permission: QUERY }],
    [404, 'SubscriptionNotFound', { code: 'NOT_FOUND', retryable: false }],
    [400, 'BadRequest', { code: 'INVALID_ARGUMENT', retryable: false }],
    [422, 'UnprocessableEntity', { code: 'INVALID_ARGUMENT', retryable: false }],
    [409, 'SomethingNew', { code: 'UPSTREAM_FAILED', retryable: false }],
    [500, 'InternalServerError', { code: 'UPSTREAM_FAILED', retryable: true }],
    [503, 'ServiceUnavailable', { code: 'UPSTREAM_FAILED', retryable: true }],
  ])(
    '%i %s becomes a refusal that says what to do, without a second try',
    async (status, code, expected) => {
      world.proxy.answer('query', () => refuse(status, code));
      const refusal = await world.refusal('query_costs', ask());
      expect(refusal).toMatchObject(expected);
      expect(refusal.text.length).toBeGreaterThan(60);
      expect(world.proxy.queries()).toHaveLength(1);
    },
  );

  test('names the role that is missing, in describe_source the permission', async () => {
    const connectionId = freshConnection();
    world.proxy.answer('query', () => refuse(403, 'AuthorizationFailed'));
    const refusal = await world.refusal('query_costs', ask({ connectionIds: [connectionId] }));
    expect(refusal.text).toMatch(/Cost Management Reader/);
    const { connections: states } = await world.call(describeSourceContract, {});
    expect(states.find((state) => state.connectionId === connectionId)).toMatchObject({
      health: 'failed',
      error: 'PERMISSION_MISSING',
      missingPermissions: [QUERY],
    });
  });

  test('about units says that the agreement does not know them', async () => {
    world.proxy.answer('query', () => refuse(400, 'BadRequest'));
    expect(
      await world.refusal(
        'query_costs',
        ask({ groupBy: ['SkuMeter'], metrics: ['ConsumedQuantity'] }),
      ),
    ).toMatchObject({ code: 'UNSUPPORTED', field: 'metrics' });
  });

  test('that sends elsewhere is not followed', async () => {
    const elsewhere: AzureCall[] = [];
    world.proxy.answer('other', (call) => {
      elsewhere.push(call);
      return GOOD;
    });
    world.proxy.answer('query', () => ({
      status: 307,
      json: {},
      headers: { location: `${world.proxy.url}/elsewhere` },
    }));
    expect(await world.refusal('query_costs', ask())).toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect(elsewhere).toEqual([]);
  });
});

describe('limits', () => {
  let small: AzureTest;

  // A server of its own: one that was told to wait keeps waiting, until the last of these tests.
  beforeAll(async () => {
    small = await startAzure([`subscriptions/${SUB}`], { AZURE_CALLS_PER_DAY: '1' });
    record(small);
    return () => small.close();
  });

  beforeEach(() => {
    small.proxy.clear();
  });

  test('of a day end requests, give what is cached as stale, and say when they start anew', async () => {
    small.proxy.answer('query', () => GOOD);
    const args = ask();
    expect((await small.costs(args)).cost.budgetLeft).toBe(0);
    expect(await small.refusal('query_costs', { ...args, groupBy: ['RegionId'] })).toMatchObject({
      code: 'BUDGET_EXHAUSTED',
      retryable: false,
    });
    const stale = await small.costs({ ...args, maxAgeSeconds: 0 });
    expect(stale.sources).toEqual([{ connectionId: args.connectionIds?.[0], status: 'stale' }]);
    expect(small.proxy.queries()).toHaveLength(1);
  });

  test('by throttling for a short while are waited for by the next call', async () => {
    small.proxy.answer('query', (_call, i) =>
      i === 0 ? refuse(429, '429', { [LIMIT('qpu')]: '1' }) : GOOD,
    );
    expect(await small.refusal('query_costs', ask())).toMatchObject({ retryAfterMs: 1000 });
    expect((await small.costs(ask())).rows).toHaveLength(1);
  });

  test('by throttling are handed on with the longest wait that is named, never tried again, and held for all', async () => {
    const headers = { 'retry-after': '2', [LIMIT('qpu')]: '7', [LIMIT('entity')]: '600' };
    small.proxy.answer('query', (_call, i) => (i === 0 ? refuse(429, '429', headers) : GOOD));
    expect(await small.refusal('query_costs', ask())).toMatchObject({
      code: 'THROTTLED',
      retryable: true,
      retryAfterMs: 600_000,
    });
    const held = await small.refusal('query_costs', ask());
    expect(held).toMatchObject({ code: 'THROTTLED', retryable: true });
    expect(held.retryAfterMs).toBeGreaterThan(0);
    expect(held.retryAfterMs).toBeLessThanOrEqual(600_000);
    expect(small.proxy.queries()).toHaveLength(1);
  });
});

describe('a broken answer', () => {
  test.each<[string, Answer]>([
    ['HTML with status 500', { status: 500, text: `<html>${UPSTREAM_TEXT}</html>` }],
    ['HTML with status 200', { text: `<html>${UPSTREAM_TEXT}</html>` }],
    [
      'HTML that calls itself JSON',
      { text: `<html>${UPSTREAM_TEXT}</html>`, type: 'application/json' },
    ],
    ['half a JSON', { text: '{"properties":{"columns":[', type: 'application/json' }],
    ['nothing', { text: '', type: 'application/json' }],
    ['an empty object', { json: {} }],
    ['a cut connection', { cut: true }],
    ['a 503', refuse(503, 'ServiceUnavailable')],
    ['a missing amount', page([[null, DAY, 'Storage', 'EUR']])],
    ['no column of amounts', page([[DAY, 'Storage', 'EUR']], COLUMNS.slice(1))],
    ['no column of currencies', page([[1, DAY, 'Storage']], COLUMNS.slice(0, 3))],
    ['no column of groups', page([[1, DAY, 'EUR']], ['Cost', 'UsageDate', 'Currency'])],
    ['no column of days', page([[1, 'Storage', 'EUR']], ['Cost', 'ServiceName', 'Currency'])],
    ['an empty currency', page([[1, DAY, 'Storage', '']])],
    ['an amount that is no number', page([['NaN', DAY, 'Storage', 'EUR']])],
    [
      'an earlier day',
      page([[1, Number(addDays(START, -1).replaceAll('-', '')), 'Storage', 'EUR']]),
    ],
    [
      'the day after the last',
      page([[1, Number(PERIOD.end.replaceAll('-', '')), 'Storage', 'EUR']]),
    ],
    ['a day that is none', page([[1, 20261399, 'Storage', 'EUR']])],
    ['rows that are none', { json: { properties: { columns: [{ name: 'Cost' }], rows: 'x' } } }],
  ])('(%s) is a failure, not costs, and never cached', async (_name, answer) => {
    const args = ask();
    world.proxy.answer('query', () => answer);
    expect(await world.refusal('query_costs', args)).toMatchObject({ code: 'UPSTREAM_FAILED' });
    world.proxy.answer('query', () => GOOD);
    expect((await world.costs(args)).rows).toHaveLength(1);
  });

  test('for other months than asked is refused', async () => {
    world.proxy.answer('query', () =>
      page(
        [[1, '2019-01-01T00:00:00', 'Storage', 'EUR']],
        ['Cost', 'BillingMonth', 'ServiceName', 'Currency'],
      ),
    );
    expect(await world.refusal('query_costs', ask({ granularity: 'MONTH' }))).toMatchObject({
      code: 'UPSTREAM_FAILED',
      retryable: false,
    });
  });

  test('whose next page lies at another host gets no token there', async () => {
    world.proxy.answer('query', () =>
      page([], COLUMNS, { nextLink: 'https://127.0.0.1:1/subscriptions/x' }),
    );
    expect(await world.refusal('query_costs', ask())).toMatchObject({
      code: 'UPSTREAM_FAILED',
      retryable: false,
    });
    expect(world.proxy.queries()).toHaveLength(1);
  });

  const nextLink = (name: string) =>
    `${world.proxy.url}/subscriptions/${SUB}/providers/Microsoft.CostManagement/query?api-version=2022-10-01&$skiptoken=${name}`;

  test('whose pages go round in a circle is cut', async () => {
    world.proxy.answer('query', ({ path }) =>
      page([], COLUMNS, { nextLink: nextLink(path.endsWith('=a') ? 'b' : 'a') }),
    );
    expect(await world.refusal('query_costs', ask())).toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect(world.proxy.queries()).toHaveLength(3);
  });

  test('whose pages never end is cut at the limit of one call', async () => {
    world.proxy.answer('query', (_call, i) => page([], COLUMNS, { nextLink: nextLink(String(i)) }));
    expect(await world.refusal('query_costs', ask())).toMatchObject({ code: 'RESULT_TOO_LARGE' });
    expect(world.proxy.queries()).toHaveLength(20);
  });

  test('after which the currency changes keeps the currencies apart', async () => {
    world.proxy.answer('query', ({ path }) =>
      path.endsWith('=a')
        ? page([[2, DAY, 'Storage', 'USD']])
        : page([[1, DAY, 'Storage', 'EUR']], COLUMNS, { nextLink: nextLink('a') }),
    );
    const { Total } = await world.costs(ask());
    expect(Total.map((sum) => [sum.BillingCurrency, sum.BilledCost])).toEqual([
      ['EUR', '1'],
      ['USD', '2'],
    ]);
  });
});

describe('giving up', () => {
  test('a cancelled call ends its request to Azure', async () => {
    world.proxy.answer('query', () => ({ hang: true }));
    const controller = new AbortController();
    const call = world.client.call('query_costs', ask(), { signal: controller.signal });
    while (world.proxy.queries().length === 0) await new Promise((r) => setTimeout(r, 10));
    controller.abort();
    await expect(call).rejects.toThrow();
    await world.proxy.queries()[0]?.abandoned;
    expect(world.proxy.queries()).toHaveLength(1);
  });
});

describe('a scope that fails', () => {
  let two: AzureTest;

  beforeAll(async () => {
    two = await startAzure([`subscriptions/${SUB}`, `subscriptions/${OTHER}`]);
    record(two);
    return () => two.close();
  });

  test('is left out and told, while the others answer; asked again, only it is asked', async () => {
    const connectionIds = [freshConnection()];
    let isBroken = true;
    two.proxy.answer('query', ({ path }) =>
      isBroken && path.includes(OTHER) ? refuse(503, 'ServiceUnavailable') : GOOD,
    );
    const partial = await two.costs(ask({ connectionIds }));
    expect(partial.Total[0]?.BilledCost).toBe('1');
    expect(partial.sources).toEqual([
      { connectionId: connectionIds[0], status: 'failed', error: 'UPSTREAM_FAILED' },
    ]);
    expect(partial.notes.join(' ')).toContain(`subscriptions/${OTHER} failed (UPSTREAM_FAILED)`);
    isBroken = false;
    const whole = await two.costs(ask({ connectionIds }));
    expect(whole.Total[0]?.BilledCost).toBe('2');
    expect(whole.sources).toEqual([{ connectionId: connectionIds[0], status: 'ok' }]);
    expect(whole.cost).toMatchObject({ upstreamCalls: 1, cacheHits: 1 });
  });

  test('with all others is the failure of the call', async () => {
    two.proxy.answer('query', () => refuse(403, 'AuthorizationFailed'));
    expect(await two.refusal('query_costs', ask())).toMatchObject({
      code: 'PERMISSION_MISSING',
      permission: QUERY,
    });
  });
});

describe('credentials', () => {
  test('that give no token are a refusal that says what to do', async () => {
    const without = await startAzure([`subscriptions/${SUB}`]);
    try {
      record(without);
      without.proxy.answer('token', () => ({
        status: 400,
        json: { error: { code: 'invalid_request', message: UPSTREAM_TEXT } },
      }));
      const refusal = await without.refusal('query_costs', ask());
      expect(refusal).toMatchObject({ code: 'AUTH_EXPIRED', retryable: false });
      expect(refusal.text).toMatch(/AZURE_CLIENT_ID/);
      expect(without.proxy.queries()).toEqual([]);
      expect(without.server.output()).not.toContain(UPSTREAM_TEXT);
    } finally {
      await without.close();
    }
  });

  test('are asked for once while the token lasts', async () => {
    world.proxy.answer('query', () => GOOD);
    await world.costs(ask());
    world.proxy.clear();
    world.proxy.answer('query', () => GOOD);
    await world.costs(ask());
    expect(world.proxy.calls.map(({ kind }) => kind)).toEqual(['query']);
  });
});

describe('the environment', () => {
  const run = (env: Record<string, string>, ...options: string[]) =>
    runServerProgram('azure-cost', { ...world.proxy.env, ...env }, ...options);

  test('--selfcheck names each scope and permission', async () => {
    const scopes = `subscriptions/${SUB},subscriptions/${OTHER}`;
    world.proxy.answer('query', ({ path }) =>
      path.includes(OTHER) ? refuse(403, 'AuthorizationFailed') : undefined,
    );
    const { code, output } = await run({ AZURE_COST_SCOPES: scopes }, '--selfcheck');
    expect(code).toBe(1);
    expect(output).toContain(`ok    ${QUERY} on subscriptions/${SUB}`);
    expect(output).toContain(
      `ok    Microsoft.Advisor/recommendations/read on subscriptions/${SUB}`,
    );
    expect(output).toContain(`MISSING ${QUERY} on subscriptions/${OTHER}`);
    replies.push(output);
  });

  test('with mistakes ends the start with one line for each', async () => {
    const scopes = `subscriptions/nope,subscriptions/${SUB},subscriptions/${SUB}/resourceGroups/rg`;
    const { code, output } = await run(
      { AZURE_COST_SCOPES: scopes, AZURE_ENDPOINT_URL: 'http://127.0.0.1:1' },
      '--stdio',
    );
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([
      expect.stringMatching(/AZURE_COST_SCOPES: entry 1 is not a scope/),
      expect.stringMatching(/AZURE_COST_SCOPES: entries 2 and 3 lie in each other/),
      expect.stringMatching(/AZURE_ENDPOINT_URL: must begin with https/),
    ]);
  });

  test('without scopes lets the server start, and every call say what to set', async () => {
    const bare = await startAzure([]);
    try {
      const { notes } = await bare.call(describeSourceContract, {});
      expect(notes.join(' ')).toMatch(/AZURE_COST_SCOPES/);
      const refusal = await bare.refusal('query_costs', ask());
      expect(refusal).toMatchObject({ code: 'NOT_FOUND', retryable: false });
      expect(refusal.text).toMatch(/AZURE_COST_SCOPES/);
      expect(bare.proxy.calls).toEqual([]);
    } finally {
      await bare.close();
    }
  });
});

afterAll(() => {
  const everything = JSON.stringify(replies) + world.server.output();
  expect(replies.length).toBeGreaterThan(40);
  expect(world.server.output()).toContain('PERMISSION_MISSING');
  for (const secret of [...Object.values(SECRETS), UPSTREAM_TEXT]) {
    expect(everything).not.toContain(secret);
  }
  // A result never shows where in the code something failed.
  expect(JSON.stringify(replies)).not.toMatch(/\.ts:\d|node_modules/);
});
