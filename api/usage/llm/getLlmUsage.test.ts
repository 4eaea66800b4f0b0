import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { LlmDimension, LlmUsageReply } from '../../../core/contracts/llmUsage.ts';
import { sumDecimals } from '../../../core/money/money.ts';
import { addDays } from '../../../core/time/day.ts';
import { replaceCosts } from '../../../db/queries/costs/replaceCosts.ts';
import { addLlmUse, type LlmUseGiven, setPulledUntil } from '../../../tests/api/addLlmUse.ts';
import { charge } from '../../../tests/api/charge.ts';
import type { TestUser } from '../../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../../tests/api/startTestApi.ts';

const GPT = { input: '0.00000125', cache_read: '0.000000125', output: '0.00001' };
const CLAUDE = {
  input: '0.000003',
  cache_read: '0.0000003',
  cache_write_5m: '0.00000375',
  output: '0.000015',
  web_search: '0.01',
};

let api: TestApi;
let viewer: TestUser;
let openai: string;
let anthropic: string;

beforeAll(async () => {
  api = await startTestApi();
  api.clock.now = new Date('2026-11-20T14:25:00Z');
  viewer = await api.signIn('viewer');
  const { db, pool } = api.services;
  openai = await addConnection(db, { name: 'OpenAI of ours', provider: 'openai' });
  anthropic = await addConnection(db, { name: 'Claude of ours', provider: 'anthropic' });
  await addConnection(db, { name: 'no model here', provider: 'aws' });
  await addLlmUse(db, openai, [
    ...USE_OF_OPENAI,
    // Pushed before the report's end: the report has it already.
    pushed('2026-11-20T13:00:00Z', { units: { input: '999999' }, rates: GPT }),
    pushed('2026-11-20T14:05:00Z', {
      units: { input: '2000' },
      rates: GPT,
      userTag: 'checkout',
      requests: '4',
    }),
  ]);
  await addLlmUse(db, anthropic, USE_OF_ANTHROPIC);
  await setPulledUntil(db, openai, '2026-11-20T14:00:00Z');
  await setPulledUntil(db, anthropic, '2026-11-20T14:10:00Z');
  await replaceCosts(pool, {
    connectionId: openai,
    provider: 'openai',
    from: '2026-11-19',
    to: '2026-11-20',
    rows: [charge('2026-11-19', '1', { subAccountId: 'proj_a', subAccountName: 'Support' })],
    seenAt: new Date('2026-11-20T07:00:00Z'),
  });
});
afterAll(() => api.close());

const pushed = (at: string, given: Partial<LlmUseGiven>): LlmUseGiven => ({
  at,
  source: 'push',
  bucketSeconds: 60,
  units: {},
  ...given,
});

const USE_OF_OPENAI: LlmUseGiven[] = [
  {
    at: '2026-11-19T10:00:00Z',
    units: { input: '1000', cache_read: '3000', output: '500' },
    rates: GPT,
    project: 'proj_a',
    key: 'key_1',
    endpoint: 'completions',
    requests: '10',
  },
  {
    at: '2026-11-20T13:00:00Z',
    units: { input: '4000', output: '100' },
    rates: GPT,
    project: 'proj_b',
    key: 'key_2',
    endpoint: 'completions',
    requests: '5',
  },
  {
    at: '2026-11-20T12:00:00Z',
    units: { input: '700', output: '70' },
    rates: { input: '0.000001' },
    model: 'constructor',
    project: 'proj_b',
    key: 'key_2',
    endpoint: 'completions',
    requests: '7',
  },
  { at: '2026-11-10T13:00:00Z', units: { input: '8000' }, rates: GPT, requests: '2' },
];

const USE_OF_ANTHROPIC: LlmUseGiven[] = [
  {
    at: '2026-11-20T09:00:00Z',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    units: {
      input: '1000',
      cache_read: '8000',
      cache_write_5m: '1000',
      output: '400',
      web_search: '3',
    },
    rates: CLAUDE,
    project: 'wrkspc_1',
    key: 'apikey_1',
    endpoint: 'messages',
  },
  {
    at: '2026-11-20T09:00:00Z',
    provider: 'anthropic',
    model: 'claude-unheard-of',
    units: { input: '5000' },
    project: 'wrkspc_1',
    key: 'apikey_1',
    endpoint: 'messages',
  },
];

type Reply = z.output<typeof LlmUsageReply>;
const ask = (query: string) => api.call('GET', `/api/v1/usage/llm?${query}`, { as: viewer.as });
const usage = async (query = ''): Promise<Reply> =>
  (await ask(`from=2026-11-19&to=2026-11-21${query}`)).read(LlmUsageReply);
const costs = (reply: Reply) =>
  Object.fromEntries(reply.groups.map(({ label, cost }) => [label, cost]));

test('use is grouped by model and day, what cost most first', async () => {
  const reply = await usage();
  expect(reply).toMatchObject({
    granularity: 'day',
    groupBy: 'model',
    currency: 'USD',
    bucketSecondsMax: 3600,
  });
  expect(reply.groups.map(({ key, cost, tokens }) => [key, cost, tokens])).toEqual([
    // 1,000 x 3 + 8,000 x 0.3 + 1,000 x 3.75 + 400 x 15, for a million, and three searches at a cent.
    ['claude-sonnet-4-5', '0.04515', '10400'],
    ['gpt-5', '0.015125', '10600'],
    ['constructor', '0.0007', '770'],
    ['claude-unheard-of', null, '5000'],
  ]);
  expect(reply.groups[1]?.points).toEqual([
    { at: '2026-11-19T00:00:00.000Z', cost: '0.006625', tokens: '4500', requests: '10' },
    { at: '2026-11-20T00:00:00.000Z', cost: '0.0085', tokens: '6100', requests: '9' },
  ]);
  expect(reply.totals).toMatchObject({
    cost: '0.060975',
    isCostPartial: true,
    tokens: '26770',
    requests: '26',
  });
});

test('kinds of use stand apart, and what has no price is not zero', async () => {
  const { groups } = await usage();
  const [claude, gpt, unknownPart, unknown] = groups;
  expect(claude?.units).toEqual([
    { meter: 'input', units: '1000', cost: '0.003', unpricedUnits: '0' },
    { meter: 'cache_read', units: '8000', cost: '0.0024', unpricedUnits: '0' },
    { meter: 'cache_write_5m', units: '1000', cost: '0.00375', unpricedUnits: '0' },
    { meter: 'output', units: '400', cost: '0.006', unpricedUnits: '0' },
    { meter: 'web_search', units: '3', cost: '0.03', unpricedUnits: '0' },
  ]);
  expect(claude).toMatchObject({ requests: null, costPerRequest: null, cacheShare: 0.8 });
  // 0.01515 for 10,400 tokens.
  expect(claude?.costPerThousandTokens).toBe('0.001456730769');
  expect(gpt).toMatchObject({ requests: '19', cacheShare: 0.3, isCostPartial: false });
  expect(gpt?.costPerRequest).toBe('0.000796052632');
  expect(unknownPart).toMatchObject({ cost: '0.0007', isCostPartial: true, costPerRequest: null });
  expect(unknownPart?.units[1]).toEqual({
    meter: 'output',
    units: '70',
    cost: null,
    unpricedUnits: '70',
  });
  expect(unknown).toMatchObject({ cost: null, isCostPartial: true, costPerThousandTokens: null });
});

test('models without a price are named, with what of them has none', async () => {
  expect((await usage()).unpriced).toEqual([
    {
      provider: 'anthropic',
      model: 'claude-unheard-of',
      meters: ['input'],
      units: '5000',
      since: '2026-11-20T09:00:00.000Z',
    },
    {
      provider: 'openai',
      model: 'constructor',
      meters: ['output'],
      units: '70',
      since: '2026-11-20T12:00:00.000Z',
    },
  ]);
});

test.each([
  ['project', { wrkspc_1: '0.04515', proj_b: '0.0067', Support: '0.006625', NONE: '0.0025' }],
  ['key', { apikey_1: '0.04515', key_2: '0.0067', key_1: '0.006625', NONE: '0.0025' }],
  ['provider', { Anthropic: '0.04515', OpenAI: '0.015825' }],
  ['endpoint', { messages: '0.04515', completions: '0.013325', NONE: '0.0025' }],
  ['user_tag', { NONE: '0.058475', checkout: '0.0025' }],
  [
    'meter',
    {
      'web search': '0.03',
      output: '0.012',
      input: '0.01245',
      'cache read': '0.002775',
      'cache write 5m': '0.00375',
    },
  ],
])('grouped by %s', async (dimension, expected) => {
  const named = Object.fromEntries(
    Object.entries(expected).map(([k, v]) => [k === 'NONE' ? 'Without a value' : k, v]),
  );
  expect(costs(await usage(`&group_by=${dimension}`))).toEqual(named);
});

test('a kind of use has tokens and no requests; tools have no tokens', async () => {
  const { groups } = await usage('&group_by=meter');
  expect(groups.find(({ key }) => key === 'web_search')).toMatchObject({
    tokens: '0',
    requests: null,
    points: [{ cost: '0.03', tokens: '0', requests: null }],
  });
});

test('whatever it is grouped by, groups add up to the total, the remainder among them', async () => {
  const all = await usage();
  for (const dimension of LlmDimension.options) {
    const reply = await usage(`&group_by=${dimension}&limit=1`);
    expect(reply.groups.map((group) => group.isRemainder)).toEqual([false, true]);
    expect(reply.groups[1]).toMatchObject({ key: null, label: 'All others' });
    expect(sumDecimals(reply.groups.map(({ cost }) => cost ?? '0'))).toBe(all.totals.cost);
    expect(sumDecimals(reply.groups.map(({ tokens }) => tokens))).toBe(all.totals.tokens);
    expect(reply.totals).toEqual(all.totals);
  }
});

test('minutes and hours are as fine as the buckets are', async () => {
  const minutes = (
    await ask('from=2026-11-20T13:00:00Z&to=2026-11-20T15:00:00Z&granularity=minute&key=')
  ).refusal();
  expect(minutes).toMatchObject({ status: 400, pointers: ['key'] });
  const fine = (
    await ask('from=2026-11-20T13:00:00Z&to=2026-11-20T15:00:00Z&granularity=minute')
  ).read(LlmUsageReply);
  expect(fine.groups[0]?.points.map(({ at }) => at)).toEqual([
    '2026-11-20T13:00:00.000Z',
    '2026-11-20T14:05:00.000Z',
  ]);
  expect(fine.bucketSecondsMax).toBe(3600);
  const hours = await usage('&granularity=hour&provider=openai&model=gpt-5');
  expect(hours.groups[0]?.points.map(({ at, cost }) => [at, cost])).toEqual([
    ['2026-11-19T10:00:00.000Z', '0.006625'],
    ['2026-11-20T13:00:00.000Z', '0.006'],
    ['2026-11-20T14:00:00.000Z', '0.0025'],
  ]);
});

test.each([
  ['&provider=openai', '0.015825'],
  ['&project=proj_b', '0.0067'],
  ['&key=key_1', '0.006625'],
  ['&model=claude-sonnet-4-5', '0.04515'],
  ['&endpoint=messages', '0.04515'],
  ['&userTag=checkout', '0.0025'],
])('%s keeps only that', async (filter, cost) => {
  expect((await usage(filter)).totals.cost).toBe(cost);
  expect((await usage(`${filter}&group_by=meter`)).totals.cost).toBe(cost);
});

test('a connection is shown alone, and one without use is empty', async () => {
  expect((await usage(`&connectionId=${anthropic}`)).totals.cost).toBe('0.04515');
  expect(await usage('&connectionId=0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11')).toMatchObject({
    groups: [],
    totals: { cost: null, tokens: '0', requests: null },
    bucketSecondsMax: null,
    changes: { items: [] },
    unpriced: [],
  });
});

test('says of each connection of a model provider how far its use is known', async () => {
  expect((await usage()).sources).toEqual([
    {
      connectionId: anthropic,
      name: 'Claude of ours',
      provider: 'anthropic',
      demo: false,
      pulledUntil: '2026-11-20T14:10:00.000Z',
      pushedUntil: null,
    },
    {
      connectionId: openai,
      name: 'OpenAI of ours',
      provider: 'openai',
      demo: false,
      pulledUntil: '2026-11-20T14:00:00.000Z',
      pushedUntil: '2026-11-20T14:06:00.000Z',
    },
  ]);
});

test('what moved most since the week before comes first, up to the last hour that all know of', async () => {
  const { changes } = await usage('&provider=openai');
  expect(changes.until).toBe('2026-11-20T14:00:00.000Z');
  expect(changes.items).toEqual([
    {
      key: 'gpt-5',
      label: 'gpt-5',
      week: '0.012625',
      weekBefore: '0.01',
      change: '0.002625',
      changePercent: 26.25,
    },
    {
      key: 'constructor',
      label: 'constructor',
      week: '0.0007',
      weekBefore: '0',
      change: '0.0007',
      changePercent: null,
    },
  ]);
});

describe('a forecast', () => {
  let steady: string;
  beforeAll(async () => {
    const { db } = api.services;
    steady = await addConnection(db, { name: 'steady', provider: 'openai' });
    const days = Array.from({ length: 60 }, (_, i) => addDays('2026-11-20', -i));
    await addLlmUse(
      db,
      steady,
      days.flatMap((day) =>
        [
          ['gpt-5', '2000000'],
          ['gpt-5-mini', '1000000'],
        ].map(([model = '', input = '']) => ({
          at: `${day}T00:00:00Z`,
          model,
          units: { input: day === '2026-11-20' ? '500000' : input },
          rates: { input: '0.000001' },
        })),
      ),
    );
  });
  const forecast = async (query = '') =>
    (await ask(`from=2026-11-19&to=2026-11-21&forecast=true&connectionId=${steady}${query}`)).read(
      LlmUsageReply,
    );

  test('tells what the month will cost, as a whole and by group; a part of a day is its least', async () => {
    const reply = await forecast();
    expect(reply.forecast).toMatchObject({ until: '2026-11-30', actualToDate: '58.0000' });
    expect(Number(reply.forecast?.expected)).toBeCloseTo(90, 0);
    expect(reply.groups.map((group) => Number(group.forecast?.expected).toFixed(0))).toEqual([
      '60',
      '30',
    ]);
  });

  test('is the same for the whole however it is grouped', async () => {
    const [whole, cut] = [await forecast(), await forecast('&limit=1&group_by=meter')];
    expect(cut.forecast).toEqual(whole.forecast);
  });

  test('knows nothing that came after the period', async () => {
    const past = (
      await ask(`from=2026-10-01&to=2026-10-21&forecast=true&connectionId=${steady}`)
    ).read(LlmUsageReply);
    expect(past.forecast).toMatchObject({ until: '2026-10-31', actualToDate: '60.0000' });
  });

  test('is not made unless asked for', async () => {
    const reply = await usage();
    expect(reply.forecast).toBeUndefined();
    expect(reply.groups.every((group) => group.forecast === undefined)).toBe(true);
  });
});

describe('a wrong question', () => {
  test.each([
    ['from=2026-11-19', ['to']],
    ['from=2026-11-19&to=2026-11-19', ['to']],
    ['from=yesterday&to=2026-11-19', ['from']],
    ['from=2026-11-18&to=2026-11-20&granularity=minute', ['to']],
    ['from=2026-10-01&to=2026-11-20&granularity=hour', ['to']],
    ['from=2025-01-01&to=2026-11-20', ['to']],
    ['from=2026-11-19&to=2026-11-20&group_by=prompt', ['group_by']],
    ['from=2026-11-19&to=2026-11-20&provider=aws', ['provider']],
    ['from=2026-11-19&to=2026-11-20&limit=0', ['limit']],
    ['from=2026-11-19&to=2026-11-20&limit=26&forecast=true', ['limit']],
    ['from=2026-11-19&to=2026-11-20&connectionId=1', ['connectionId']],
    ['from=2026-11-19&to=2026-11-20&apiKey=sk-1', ['apiKey']],
  ])('%s is refused by name', async (query, pointers) => {
    expect((await ask(query)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });

  test('the longest period of each granularity is answered', async () => {
    for (const query of [
      'from=2026-11-18&to=2026-11-19&granularity=minute',
      'from=2026-10-20&to=2026-11-20&granularity=hour',
      'from=2025-10-16&to=2026-11-20',
    ])
      expect((await ask(query)).status).toBe(200);
  });

  test('nobody reads it without a sign-in, or without the scope', async () => {
    const path = '/api/v1/usage/llm?from=2026-11-19&to=2026-11-20';
    expect((await api.call('GET', path)).status).toBe(401);
    const service = await api.addService(['anomalies:read']);
    expect((await api.call('GET', path, { as: service.as })).status).toBe(403);
  });
});

test('projects of the same name are told apart by their ids', async () => {
  const { db, pool } = api.services;
  const connectionId = await addConnection(db, { provider: 'openai' });
  const ids = ['proj_x', 'proj_y', 'proj_z'];
  await addLlmUse(
    db,
    connectionId,
    ids.map((project) => ({ at: '2026-11-01T00:00:00Z', project, units: { input: '1' } })),
  );
  await replaceCosts(pool, {
    connectionId,
    provider: 'openai',
    from: '2026-11-01',
    to: '2026-11-02',
    rows: ids.map((subAccountId) =>
      charge('2026-11-01', '1', {
        subAccountId,
        subAccountName: subAccountId === 'proj_z' ? 'Own' : 'Default project',
      }),
    ),
    seenAt: new Date('2026-11-20T07:00:00Z'),
  });
  const query = `from=2026-11-01&to=2026-11-02&group_by=project&connectionId=${connectionId}`;
  const { groups } = (await ask(query)).read(LlmUsageReply);
  expect(groups.map(({ label }) => label).sort()).toEqual([
    'Default project (proj_x)',
    'Default project (proj_y)',
    'Own',
  ]);
});

test('groups of any use add up to its total', async () => {
  const { db } = api.services;
  const connectionId = await addConnection(db, { provider: 'openai' });
  const use = fc.record({
    model: fc.constantFrom('a', 'b', 'c'),
    key: fc.constantFrom('', 'k1', 'k2'),
    hour: fc.integer({ min: 0, max: 23 }),
    units: fc.bigInt({ min: 1n, max: 10n ** 15n }).map(String),
    isPriced: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(use, { selector: (u) => `${u.model}${u.key}${u.hour}` }),
      async (uses) => {
        await db.deleteFrom('llm_usage').where('connection_id', '=', connectionId).execute();
        await addLlmUse(
          db,
          connectionId,
          uses.map(({ hour, units, isPriced, ...rest }) => ({
            ...rest,
            at: `2026-11-19T${String(hour).padStart(2, '0')}:00:00Z`,
            units: { input: units },
            rates: isPriced ? GPT : {},
          })),
        );
        const reply = await usage(
          `&connectionId=${connectionId}&group_by=key&limit=2&granularity=hour`,
        );
        const points = reply.groups.flatMap((group) => group.points);
        expect(sumDecimals(points.map(({ tokens }) => tokens))).toBe(reply.totals.tokens);
        expect(sumDecimals(points.map(({ cost }) => cost ?? '0'))).toBe(reply.totals.cost ?? '0');
        expect(reply.totals.tokens).toBe(sumDecimals(uses.map(({ units }) => units)));
      },
    ),
    { numRuns: 15 },
  );
});
