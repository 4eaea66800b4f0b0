import fc from 'fast-check';
import { LosslessNumber, stringify } from 'lossless-json';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getResourceCostsContract } from '../../../core/mcp/getResourceCosts.ts';
import { day } from '../costResults.ts';
import { at, PERIOD, START } from './books.ts';
import { freshOf, startLlmWorld, type LlmWorld } from './llmWorld.ts';
import type { StubAnswer } from './stubServer.ts';
import { addDecimals } from './toBuckets.ts';

let world: LlmWorld;

beforeAll(async () => {
  world = await startLlmWorld();
  return () => world.close();
});

beforeEach(() => {
  world.openai.clear();
});

type Args = Parameters<LlmWorld['costs']>[0];
const ask = (args: Partial<Args> = {}): Args => ({
  period: PERIOD,
  connectionIds: [freshOf('openai')],
  ...args,
});
const usage = (args: Partial<Args> = {}): Args => ask({ metrics: ['ConsumedQuantity'], ...args });
const sum = (values: (string | undefined)[]): string =>
  values.map((value) => value ?? '0').reduce(addDecimals, '0');

/** A page of the cost report for the first day. */
const costPage = (...amounts: [value: unknown, currency: string][]): StubAnswer => ({
  body:
    stringify({
      object: 'page',
      data: [
        {
          object: 'bucket',
          start_time: at(START) / 1000,
          end_time: at(day(START, 1)) / 1000,
          results: amounts.map(([value, currency]) => ({
            object: 'organization.costs.result',
            amount: { value, currency },
          })),
        },
      ],
      has_more: false,
      next_page: null,
    }) ?? '',
});

describe('costs', () => {
  test('are exact to the last digit that OpenAI sends', async () => {
    const { Total } = await world.costs(ask());
    expect(Total).toEqual([
      { BillingCurrency: 'USD', count: 3, BilledCost: '11.94000000090000030003' },
    ]);
  });

  test.each([
    ['a number with an exponent', new LosslessNumber('1.5e-7'), '0.00000015'],
    ['a decimal as text with zeros at its end', '0.8958740000000000', '0.895874'],
    ['a credit', new LosslessNumber('-0.10'), '-0.1'],
  ])('can come as %s', async (_name, value, expected) => {
    world.openai.answer(() => costPage([value, 'usd']));
    const { Total } = await world.costs(ask());
    expect(Total[0]?.BilledCost).toBe(expected);
  });

  test('in different currencies are never added', async () => {
    const [dollars, euros] = [new LosslessNumber('2'), new LosslessNumber('0.5')];
    world.openai.answer(() => costPage([dollars, 'usd'], [euros, 'eur']));
    const { Total, currencies } = await world.costs(ask());
    expect(Total).toEqual([
      { BillingCurrency: 'EUR', count: 1, BilledCost: '0.5' },
      { BillingCurrency: 'USD', count: 1, BilledCost: '2' },
    ]);
    expect(currencies).toEqual(['EUR', 'USD']);
  });

  test('by project and line item name model and kind of token', async () => {
    const { rows, derivedColumns } = await world.costs(
      ask({ granularity: 'TOTAL', groupBy: ['SubAccountId', 'SkuMeter'] }),
    );
    expect(derivedColumns).toEqual([
      'ServiceName',
      'ServiceCategory',
      'ChargeCategory',
      'x_Model',
      'x_TokenType',
    ]);
    expect(rows).toContainEqual({
      ChargePeriodStart: `${PERIOD.start}T00:00:00Z`,
      ChargePeriodEnd: `${PERIOD.end}T00:00:00Z`,
      ProviderName: 'OpenAI',
      BillingCurrency: 'USD',
      SubAccountId: 'proj_support',
      ServiceName: 'OpenAI API',
      ServiceCategory: 'AI and Machine Learning',
      ChargeCategory: 'Usage',
      SkuMeter: 'gpt-5.2, cached input',
      x_Model: 'gpt-5.2',
      x_TokenType: 'cache_read',
      BilledCost: '0.30000000000000000003',
    });
    expect(rows).toHaveLength(5);
  });

  test('with billed quantities where a line item has them', async () => {
    const { rows } = await world.costs(
      ask({
        granularity: 'TOTAL',
        metrics: ['BilledCost', 'ConsumedQuantity'],
        groupBy: ['SkuMeter'],
        filter: { dimension: 'x_Model', in: ['gpt-5.2'] },
      }),
    );
    expect(rows.map((row) => [row['x_TokenType'], row.ConsumedQuantity, row.ConsumedUnit])).toEqual(
      [
        ['cache_read', '1714284', 'tokens'],
        ['input', '2640000', 'tokens'],
        ['output', '589284', 'tokens'],
      ],
    );
  });

  test.each([
    ['DAY', 3],
    ['MONTH', new Set([0, 1, 2].map((offset) => day(START, offset).slice(0, 7))).size],
    ['TOTAL', 1],
  ] as const)('by %s come in %i rows that lie in the period', async (granularity, count) => {
    const { rows } = await world.costs(ask({ granularity }));
    expect(rows).toHaveLength(count);
    for (const row of rows) {
      expect(row.ChargePeriodStart >= `${PERIOD.start}T00:00:00Z`).toBe(true);
      expect(row.ChargePeriodEnd <= `${PERIOD.end}T00:00:00Z`).toBe(true);
    }
  });

  test('are asked for as the API wants it', async () => {
    await world.costs(
      ask({ groupBy: ['x_ApiKeyId'], filter: { dimension: 'x_Model', notIn: [''] } }),
    );
    expect(world.openai.calls.map(({ path }) => path)).toEqual(['/v1/organization/costs']);
    expect([...(world.openai.calls[0]?.params ?? [])]).toEqual([
      ['start_time', String(at(PERIOD.start) / 1000)],
      ['end_time', String(at(PERIOD.end) / 1000)],
      ['bucket_width', '1d'],
      ['limit', '180'],
      ['group_by', 'api_key_id'],
      ['group_by', 'line_item'],
      ['group_by', 'project_id'],
    ]);
  });
});

describe('a filter', () => {
  test.each([
    ['in', { dimension: 'SubAccountId', in: ['proj_search'] }, '0.0900000009'],
    ['notIn', { dimension: 'SubAccountId', notIn: ['proj_search'] }, '11.85000000000000030003'],
    ['has none', { dimension: 'x_ApiKeyId', in: [''] }, '0.09'],
    [
      'and, or, not',
      {
        and: [
          { not: { dimension: 'SubAccountId', in: ['proj_search'] } },
          {
            or: [
              { dimension: 'x_TokenType', in: ['output'] },
              { dimension: 'SkuMeter', in: ['gpt-5.2, input'] },
            ],
          },
        ],
      },
      '11.5500000000000003',
    ],
    ['a service that this is not', { dimension: 'ServiceName', in: ['Amazon EC2'] }, undefined],
  ])('%s leaves exactly what it lets through', async (_name, filter, expected) => {
    const { Total } = await world.costs(ask({ filter }));
    expect(Total[0]?.BilledCost).toBe(expected);
  });

  test('shows a column that it holds to one value', async () => {
    const { rows } = await world.costs(
      ask({ granularity: 'TOTAL', filter: { dimension: 'SubAccountId', in: ['proj_search'] } }),
    );
    expect(rows[0]?.SubAccountId).toBe('proj_search');
  });

  test('asks only the usage endpoints that have what it lets through', async () => {
    await world.costs(usage({ filter: { dimension: 'x_TokenType', in: ['images'] } }));
    expect(world.openai.calls.map(({ path }) => path)).toEqual(['/v1/organization/usage/images']);
  });
});

describe('usage', () => {
  test('kinds of input are disjoint and come to OpenAI’s input tokens', async () => {
    const { rows } = await world.costs(
      usage({
        granularity: 'TOTAL',
        groupBy: ['x_Model', 'x_TokenType'],
        filter: { dimension: 'x_Endpoint', in: ['completions'] },
      }),
    );
    const by = Object.fromEntries(
      rows.map((row) => [
        `${String(row['x_Model'])} ${String(row['x_TokenType'])}`,
        row.ConsumedQuantity,
      ]),
    );
    expect(by).toEqual({
      'gpt-5.2 input': String(3 * (1000 - 600 - 100 - 20 + 40)),
      'gpt-5.2 input_audio': '60',
      'gpt-5.2 cache_read': '1800',
      'gpt-5.2 cache_write': '300',
      'gpt-5.2 output': String(3 * (50 - 7 + 2)),
      'gpt-5.2 output_audio': '21',
      'gpt-5.2 requests': '15',
      // Beyond what a binary float can hold.
      'gpt-5-mini input': '27021597764222979',
      'gpt-5-mini output': '3',
      'gpt-5-mini requests': '6',
    });
  });

  test('never adds what has different units', async () => {
    const { rows } = await world.costs(usage({ granularity: 'TOTAL' }));
    const units = rows.map((row) => `${String(row['x_TokenType'])}: ${String(row.ConsumedUnit)}`);
    expect(units).toEqual([...new Set(units)]);
    expect(units).toEqual(
      expect.arrayContaining([
        'input: tokens',
        'requests: requests',
        'images: images',
        'seconds: seconds',
        'characters: characters',
        'storage: byte-days',
        'web_search: calls',
      ]) as string[],
    );
  });

  test('by minute, in one query, tells key, project, model and tier', async () => {
    const minute = `${START}T13:05:00Z`;
    const { rows } = await world.costs(
      usage({
        granularity: 'HOUR',
        groupBy: ['x_Minute', 'x_UsageLine'],
        filter: {
          and: [
            { dimension: 'x_Minute', in: [minute, `${START}T13:06:00Z`] },
            { dimension: 'x_TokenType', in: ['cache_write', 'output'] },
          ],
        },
      }),
    );
    expect(rows[0]).toMatchObject({
      ChargePeriodStart: minute,
      ChargePeriodEnd: `${START}T13:06:00Z`,
      SubAccountId: 'proj_support',
      x_ApiKeyId: 'key_chat',
      x_Model: 'gpt-5.2',
      x_ServiceTier: 'default',
      x_TokenType: 'cache_write',
      ConsumedQuantity: '100',
    });
    expect(rows.at(-1)).toMatchObject({ x_ApiKeyId: 'key_batch', x_ServiceTier: 'batch' });
  });

  test('of some minutes asks for no more than these', async () => {
    await world.costs(
      usage({
        granularity: 'HOUR',
        groupBy: ['x_Model'],
        filter: {
          and: [
            { dimension: 'x_Minute', in: [`${START}T13:06:00Z`, `${START}T13:05:00Z`] },
            { dimension: 'x_Endpoint', in: ['completions'] },
          ],
        },
      }),
    );
    const [call] = world.openai.calls;
    expect(call?.params.get('bucket_width')).toBe('1m');
    expect(call?.params.get('start_time')).toBe(String(at(START, '13:05') / 1000));
    expect(call?.params.get('end_time')).toBe(String(at(START, '13:07') / 1000));
  });

  test('of two minutes without x_Minute in groupBy is a row of their hour', async () => {
    const { rows } = await world.costs(
      usage({
        granularity: 'HOUR',
        filter: {
          and: [
            { dimension: 'x_Minute', in: [`${START}T13:05:00Z`, `${START}T13:06:00Z`] },
            { dimension: 'x_TokenType', in: ['output'] },
          ],
        },
      }),
    );
    expect(rows).toMatchObject([
      {
        ChargePeriodStart: `${START}T13:00:00Z`,
        ChargePeriodEnd: `${START}T14:00:00Z`,
        ConsumedQuantity: '45',
      },
    ]);
  });

  test('by hour goes through as many pages as it has', async () => {
    const period = { start: day(START, -14), end: day(START, 3) };
    const { rows, cost } = await world.costs(
      usage({
        period,
        granularity: 'HOUR',
        filter: {
          and: [
            { dimension: 'x_Endpoint', in: ['completions'] },
            { dimension: 'x_TokenType', in: ['requests'] },
          ],
        },
      }),
    );
    expect(cost.upstreamCalls).toBe(3);
    expect(world.openai.calls.map(({ params }) => params.get('page') !== null)).toEqual([
      false,
      true,
      true,
    ]);
    expect(rows).toHaveLength(6);
    expect(sum(rows.map((row) => row.ConsumedQuantity))).toBe('21');
  });

  test('by hour, day and in total is the same', async () => {
    const filter = { dimension: 'x_TokenType', in: ['input'] };
    const totals = [];
    for (const granularity of ['HOUR', 'DAY', 'MONTH', 'TOTAL'] as const) {
      const { rows } = await world.costs(usage({ granularity, filter, groupBy: ['x_ApiKeyId'] }));
      totals.push(sum(rows.map((row) => row.ConsumedQuantity)));
    }
    expect(new Set(totals)).toEqual(new Set(['27021597764223984']));
  });
});

describe('what no report has is refused before anything is asked', () => {
  test.each([
    ['costs by hour', ask({ granularity: 'HOUR' }), 'granularity'],
    ['a metric', ask({ metrics: ['EffectiveCost'] }), 'metrics'],
    ['costs by user', ask({ groupBy: ['x_UserId'] }), 'groupBy'],
    ['usage by line item', usage({ groupBy: ['x_UserId', 'SkuMeter'] }), 'groupBy'],
    ['a tag', ask({ groupBy: ['Tags:team'] }), 'groupBy'],
    [
      'both metrics without line items',
      ask({ metrics: ['BilledCost', 'ConsumedQuantity'] }),
      'groupBy',
    ],
  ])('%s', async (_name, args, field) => {
    expect(await world.refusal('query_costs', args)).toMatchObject({ code: 'UNSUPPORTED', field });
    expect(world.openai.calls).toEqual([]);
  });

  test.each([
    ['minutes of a day', usage({ groupBy: ['x_Minute'] }), 'granularity'],
    [
      'a minute in another form',
      usage({ granularity: 'HOUR', filter: { dimension: 'x_Minute', in: ['13:05'] } }),
      'filter',
    ],
    [
      'a minute outside the period',
      usage({
        granularity: 'HOUR',
        filter: { dimension: 'x_Minute', in: ['2020-01-01T00:00:00Z'] },
      }),
      'filter',
    ],
    [
      'a year too early',
      ask({ period: { start: '2019-01-01', end: '2019-02-01' } }),
      'period.start',
    ],
  ])('%s', async (_name, args, field) => {
    expect(await world.refusal('query_costs', args)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      field,
    });
    expect(world.openai.calls).toEqual([]);
  });

  test.each(['list_recommendations', 'list_provider_anomalies'])('%s', async (tool) => {
    const args = tool === 'list_recommendations' ? {} : { period: PERIOD };
    expect((await world.refusal(tool, args)).code).toBe('UNSUPPORTED');
  });
});

describe('resources', () => {
  test('are API keys with their names, and charges without a key', async () => {
    const reply = await world.client.call('get_resource_costs', {
      period: PERIOD,
      filter: { dimension: 'ServiceName', in: ['OpenAI API'] },
      connectionIds: [freshOf('openai')],
    });
    const { rows, Total } = getResourceCostsContract.output.parse(reply.structuredContent);
    expect(
      rows.map((row) => [row.ResourceId, row.ResourceName, row.ResourceType, row.BilledCost]),
    ).toEqual([
      ['key_batch', 'Nightly batch', 'openai/api_key', '8.25'],
      ['key_chat', 'Chat', 'openai/api_key', '3.60000000000000030003'],
      [null, null, null, '0.09'],
      ['key_index', 'Indexer', 'openai/api_key', '0.0000000009'],
    ]);
    expect(Total[0]?.BilledCost).toBe('11.94000000090000030003');
  });

  test('have costs also where their names may not be read', async () => {
    world.openai.answer(({ path }) =>
      path.includes('/projects/') ? { status: 403, body: '{}' } : undefined,
    );
    const reply = await world.client.call('get_resource_costs', {
      period: PERIOD,
      filter: { dimension: 'ServiceName', in: ['OpenAI API'] },
      connectionIds: [freshOf('openai')],
    });
    const { rows, notes, sources } = getResourceCostsContract.output.parse(reply.structuredContent);
    expect(rows).toHaveLength(4);
    expect(notes.join()).toMatch(/Names of API keys could not be read.*api\.management\.read/);
    expect(sources).toMatchObject([{ status: 'ok' }]);
  });
});

test('list_accounts has every project, page by page, with names made harmless', async () => {
  const reply = await world.client.call('list_accounts', { connectionId: freshOf('openai') });
  expect(reply.structuredContent).toMatchObject({
    rows: [
      { SubAccountId: 'proj_old', SubAccountName: 'Old', status: 'closed' },
      { SubAccountId: 'proj_search', SubAccountName: 'Search <script>', status: 'active' },
      { SubAccountId: 'proj_support', SubAccountName: 'Customer support', status: 'active' },
    ],
    cost: { upstreamCalls: 3 },
  });
});

test('compare_costs and list_dimension_values answer from the same reports', async () => {
  const connectionIds = [freshOf('openai')];
  const compared = await world.client.call('compare_costs', {
    periodA: { start: START, end: day(START, 1) },
    periodB: { start: day(START, 1), end: day(START, 3) },
    groupBy: ['x_Model'],
    connectionIds,
  });
  expect(compared.structuredContent).toMatchObject({
    rows: [{ x_Model: 'gpt-5.2', A: '3.95000000000000010001' }, {}, {}],
    Total: [{ Delta: '3.98000000030000010001' }],
  });
  const values = await world.client.call('list_dimension_values', {
    dimension: 'SubAccountId',
    period: PERIOD,
    connectionIds,
  });
  expect(values.structuredContent).toMatchObject({
    rows: [{ value: 'proj_support' }, { value: 'proj_search', BilledCost: '0.0900000009' }],
  });
});

test('the same question twice is one request, also when it is asked at the same time', async () => {
  const args = ask({ groupBy: ['SkuMeter'] });
  const [first, second] = await Promise.all([world.costs(args), world.costs(args)]);
  const third = await world.costs({ ...args, filter: { dimension: 'x_TokenType', in: ['input'] } });
  expect(world.openai.calls).toHaveLength(1);
  expect(second.rows).toEqual(first.rows);
  expect(third.cost).toMatchObject({ upstreamCalls: 0, cacheHits: 1 });
});

test('whatever the page holds, rows and remainder come to the total, and pages to the whole', async () => {
  const connectionIds = [freshOf('openai')];
  const dimensions = ['SubAccountId', 'SkuMeter', 'x_Model', 'x_TokenType', 'x_ApiKeyId'];
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(dimensions, { maxLength: 2 }),
      fc.constantFrom('DAY' as const, 'MONTH' as const, 'TOTAL' as const),
      fc.constantFrom('time' as const, 'cost' as const),
      fc.integer({ min: 1, max: 7 }),
      async (groupBy, granularity, orderBy, limit) => {
        const args = ask({ groupBy, granularity, orderBy, connectionIds });
        const whole = await world.costs(args);
        const paged: unknown[] = [];
        for (let cursor: string | undefined, more = true; more;) {
          const page = await world.costs({ ...args, limit, ...(cursor ? { cursor } : {}) });
          paged.push(...page.rows);
          const parts = [...page.rows, ...page.Remainder].map(({ BilledCost }) => BilledCost);
          expect(sum(parts)).toBe('11.94000000090000030003');
          cursor = page.nextCursor;
          more = cursor !== undefined;
        }
        expect(paged).toEqual(whole.rows);
      },
    ),
    { numRuns: 15 },
  );
});

describe('days that may still change', () => {
  const today = new Date().toISOString().slice(0, 10);
  const period = { start: day(today, -10), end: day(today, 1) };

  test('are three for costs and one for usage', async () => {
    expect((await world.costs(ask({ period }))).provisionalFrom).toBe(day(today, -3));
    expect((await world.costs(usage({ period }))).provisionalFrom).toBe(day(today, -1));
    expect((await world.costs(ask())).provisionalFrom).toBeNull();
  });

  test('are not asked for beyond today', async () => {
    const beyond = { start: period.start, end: day(today, 40) };
    const { period: told, notes } = await world.costs(ask({ period: beyond }));
    expect(told.actual).toEqual(period);
    expect(notes.join()).toMatch(/The period was cut/);
    expect(world.openai.calls[0]?.params.get('end_time')).toBe(String(at(period.end) / 1000));
  });

  test('show what arrived late as soon as no older answer is accepted', async () => {
    const results = [
      { object: 'organization.costs.result', amount: { value: 1, currency: 'usd' } },
    ];
    let arrived = false;
    world.openai.answer(() => ({
      body: JSON.stringify({
        object: 'page',
        data: [
          {
            object: 'bucket',
            start_time: at(today) / 1000,
            // The day is not over, so its bucket may end early.
            end_time: at(today, '00:01') / 1000,
            results: arrived ? results : [],
          },
        ],
        has_more: false,
        next_page: null,
      }),
    }));
    const args = ask({ period, maxAgeSeconds: 0 });
    expect((await world.costs(args)).rows).toEqual([]);
    arrived = true;
    const { rows } = await world.costs(args);
    expect(rows).toMatchObject([
      { ChargePeriodEnd: `${day(today, 1)}T00:00:00Z`, BilledCost: '1' },
    ]);
  });
});

test('describe_source says what there is, for free', async () => {
  const { structuredContent } = await world.client.call('describe_source', {});
  expect(structuredContent).toMatchObject({
    provider: 'OpenAI and Anthropic',
    price: { usdPerRequest: '0', requestsPerDay: 5000 },
  });
  expect(world.openai.calls).toEqual([]);
});
