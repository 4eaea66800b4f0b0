import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshConnection, startAwsWorld, type AwsWorld } from './awsWorld.ts';
import type { CostArgs } from './toolCaller.ts';
import { dailyResults, day, type Group } from './costResults.ts';

const EC2 = 'Amazon Elastic Compute Cloud - Compute';
const S3 = 'Amazon Simple Storage Service';
const TODAY = new Date().toISOString().slice(0, 10);
const START = day(TODAY, -20);
const PERIOD = { start: START, end: day(START, 2) };

let world: AwsWorld;

beforeAll(async () => {
  world = await startAwsWorld({ AWS_CE_CALLS_PER_DAY: '100' });
  return () => world.close();
});

beforeEach(() => {
  world.proxy.clear();
});

/** Answers the next requests with these days of groups, beginning at START. */
const answerDays = (...days: Group[][]): void => {
  world.proxy.answer('GetCostAndUsage', () => ({
    json: { ResultsByTime: dailyResults(START, days) },
  }));
};

const ask = (args: Partial<CostArgs> = {}): CostArgs => ({
  period: PERIOD,
  connectionIds: [freshConnection()],
  ...args,
});

describe('what AWS is asked', () => {
  test('names period, granularity, metrics and groups in Cost Explorer’s words', async () => {
    answerDays(
      [{ keys: [EC2, 'BoxUsage:m5.large'], amount: '1', quantity: '2' }],
      [{ keys: [EC2, 'BoxUsage:m5.large'], amount: '1', quantity: '2' }],
    );
    await world.costs(
      ask({
        metrics: ['BilledCost', 'EffectiveCost', 'ConsumedQuantity'],
        groupBy: ['ServiceName', 'SkuMeter'],
      }),
    );
    expect(world.proxy.paid().map(({ body }) => body)).toEqual([
      {
        TimePeriod: { Start: PERIOD.start, End: PERIOD.end },
        Granularity: 'DAILY',
        Metrics: ['AmortizedCost', 'UnblendedCost', 'UsageQuantity'],
        GroupBy: [
          { Type: 'DIMENSION', Key: 'SERVICE' },
          { Type: 'DIMENSION', Key: 'USAGE_TYPE' },
        ],
      },
    ]);
  });

  test('holds the filter tree', async () => {
    answerDays([], []);
    await world.costs(
      ask({
        groupBy: ['ServiceName'],
        filter: {
          and: [
            { dimension: 'ServiceName', in: [EC2, S3] },
            { not: { dimension: 'RegionId', in: ['eu-west-1'] } },
            { or: [{ dimension: 'Tags:team', in: ['a', ''] }] },
            { dimension: 'ChargeCategory', notIn: ['Tax'] },
          ],
        },
      }),
    );
    expect(world.proxy.paid()[0]?.body['Filter']).toEqual({
      And: [
        { Dimensions: { Key: 'SERVICE', Values: [EC2, S3] } },
        { Not: { Dimensions: { Key: 'REGION', Values: ['eu-west-1'] } } },
        {
          Or: [
            { Tags: { Key: 'team', Values: ['a'] } },
            { Tags: { Key: 'team', MatchOptions: ['ABSENT'] } },
          ],
        },
        { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Tax'] } } },
      ],
    });
  });

  test('ends tomorrow at the latest, and the result says so', async () => {
    const start = day(TODAY, -1);
    world.proxy.answer('GetCostAndUsage', () => ({
      json: { ResultsByTime: dailyResults(start, [[], []], { estimatedFrom: TODAY }) },
    }));
    const end = day(TODAY, 40);
    const result = await world.costs(ask({ period: { start, end }, groupBy: ['ServiceName'] }));
    expect(result.period).toEqual({
      requested: { start, end },
      actual: { start, end: day(TODAY, 1) },
    });
    expect(result.notes.join(' ')).toMatch(/cut at/);
    expect(result.provisionalFrom).toBe(start);
  });

  test('is nothing for what Cost Explorer does not have', async () => {
    const refused: [CostArgs, string, string][] = [
      [ask({ metrics: ['ListCost'] }), 'UNSUPPORTED', 'metrics'],
      [ask({ groupBy: ['ResourceId'] }), 'UNSUPPORTED', 'groupBy'],
      [ask({ groupBy: ['SkuId'] }), 'UNSUPPORTED', 'groupBy'],
      [ask({ filter: { dimension: 'ServiceCategory', in: ['Compute'] } }), 'UNSUPPORTED', 'filter'],
      [ask({ filter: { dimension: 'ChargeCategory', in: ['x'] } }), 'INVALID_ARGUMENT', 'filter'],
      [ask({ metrics: ['ConsumedQuantity'] }), 'INVALID_ARGUMENT', 'groupBy'],
      [ask({ connectionIds: ['a', 'b'] }), 'INVALID_ARGUMENT', 'connectionIds'],
      [
        ask({ period: { start: '2020-01-01', end: '2020-01-02' } }),
        'INVALID_ARGUMENT',
        'period.start',
      ],
      [ask({ granularity: 'HOUR' }), 'INVALID_ARGUMENT', 'period.start'],
      [ask({ cursor: 'made-up.cursor' }), 'CURSOR_EXPIRED', 'cursor'],
    ];
    for (const [args, code, field] of refused) {
      expect(await world.refusal('query_costs', args)).toMatchObject({
        code,
        field,
        retryable: false,
      });
    }
    expect(world.proxy.paid()).toEqual([]);
  });
});

describe('rows', () => {
  test('keep every digit', async () => {
    answerDays(
      [{ keys: [EC2], amount: '0.1000000000000000055511151231257827' }],
      [{ keys: [EC2], amount: '1E-10' }],
    );
    const { rows, Total } = await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect(rows.map(({ BilledCost }) => BilledCost)).toEqual([
      '0.1000000000000000055511151231257827',
      '0.0000000001',
    ]);
    expect(Total[0]?.BilledCost).toBe('0.1000000001000000055511151231257827');
  });

  test('of a service and its usage type carry the region and the category', async () => {
    answerDays(
      [
        { keys: [EC2, 'EUC1-BoxUsage:m5.large'], amount: '1' },
        { keys: [EC2, 'BoxUsage:m5.large'], amount: '1' },
        { keys: ['Amazon CloudFront', 'EU-Requests-Tier1'], amount: '1' },
        { keys: ['Tax', 'NoUsageType'], amount: '1' },
      ],
      [],
    );
    const result = await world.costs(ask({ groupBy: ['ServiceName', 'SkuMeter'] }));
    expect(result.derivedColumns).toEqual(['ServiceCategory', 'RegionId']);
    expect(result.rows.map((row) => [row.ServiceName, row.RegionId, row.ServiceCategory])).toEqual([
      ['Amazon CloudFront', null, 'Networking'],
      [EC2, 'eu-central-1', 'Compute'],
      [EC2, 'us-east-1', 'Compute'],
      ['Tax', null, 'Other'],
    ]);
  });

  test('of groups that a page cut in two are one row', async () => {
    const [first, second] = dailyResults(START, [
      [{ keys: [EC2], amount: '1' }],
      [{ keys: [EC2], amount: '2' }],
    ]);
    const [, rest] = dailyResults(START, [[], [{ keys: [S3], amount: '4' }]]);
    world.proxy.answer('GetCostAndUsage', ({ body }) => ({
      json:
        body['NextPageToken'] === 'p2'
          ? { ResultsByTime: [rest] }
          : { ResultsByTime: [first, second], NextPageToken: 'p2' },
    }));
    const result = await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect(result.rows.map((row) => [row.ServiceName, row.BilledCost])).toEqual([
      [EC2, '1'],
      [EC2, '2'],
      [S3, '4'],
    ]);
    expect(result.cost).toMatchObject({ upstreamCalls: 2, usd: '0.02' });
  });

  test('in total add up months exactly', async () => {
    const [year = 0, month = 1] = TODAY.split('-').map(Number);
    const first = (back: number) =>
      new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 10);
    const month_ = (back: number, amount: string) => ({
      TimePeriod: { Start: first(back), End: first(back - 1) },
      Estimated: false,
      Total: {},
      Groups: [{ Keys: [EC2], Metrics: { UnblendedCost: { Amount: amount, Unit: 'USD' } } }],
    });
    world.proxy.answer('GetCostAndUsage', () => ({
      json: { ResultsByTime: [month_(3, '0.1'), month_(2, '0.2')] },
    }));
    const { rows } = await world.costs(
      ask({
        period: { start: first(3), end: first(1) },
        granularity: 'TOTAL',
        groupBy: ['ServiceName'],
      }),
    );
    expect(world.proxy.paid()[0]?.body['Granularity']).toBe('MONTHLY');
    expect(rows).toEqual([
      {
        ChargePeriodStart: `${first(3)}T00:00:00Z`,
        ChargePeriodEnd: `${first(1)}T00:00:00Z`,
        ProviderName: 'AWS',
        BillingCurrency: 'USD',
        ServiceName: EC2,
        ServiceCategory: 'Compute',
        BilledCost: '0.3',
        x_Estimated: false,
      },
    ]);
  });

  test('by category add up its services', async () => {
    answerDays(
      [
        { keys: [EC2], amount: '1' },
        { keys: ['EC2 - Other'], amount: '2' },
        { keys: [S3], amount: '4' },
      ],
      [],
    );
    const { rows } = await world.costs(ask({ groupBy: ['ServiceCategory'] }));
    expect(rows.map((row) => [row.ServiceCategory, row.BilledCost])).toEqual([
      ['Compute', '3'],
      ['Storage', '4'],
    ]);
  });

  test('by tag name the value, null where the tag is absent', async () => {
    answerDays(
      [
        { keys: ['team$checkout'], amount: '1' },
        { keys: ['team$'], amount: '2' },
      ],
      [],
    );
    const { rows } = await world.costs(ask({ groupBy: ['Tags:team'] }));
    expect(rows.map((row) => [row.Tags, row.BilledCost])).toEqual([
      [{ team: 'checkout' }, '1'],
      [{ team: null }, '2'],
    ]);
  });

  test('of a filter on one account name it', async () => {
    answerDays([{ keys: [EC2], amount: '1' }], []);
    const { rows } = await world.costs(
      ask({
        groupBy: ['ServiceName'],
        filter: { dimension: 'SubAccountId', in: ['111122223333'] },
      }),
    );
    expect(rows[0]?.SubAccountId).toBe('111122223333');
  });

  test('of two currencies are never summed together', async () => {
    answerDays(
      [
        { keys: [EC2], amount: '1', currency: 'USD' },
        { keys: [S3], amount: '2', currency: 'EUR' },
      ],
      [],
    );
    const result = await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect(result.currencies).toEqual(['EUR', 'USD']);
    expect(result.Total.map((sum) => [sum.BillingCurrency, sum.BilledCost])).toEqual([
      ['EUR', '2'],
      ['USD', '1'],
    ]);
  });

  test('that are none come with a hint', async () => {
    answerDays([], []);
    const result = await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect([result.rows, result.Total, result.Remainder]).toEqual([[], [], []]);
    expect(result.notes.join(' ')).toMatch(/No costs match/);
  });

  test('lose control and direction characters of names', async () => {
    answerDays([{ keys: ['Shop\u0000\u202Eevil\nname'], amount: '1' }], []);
    const { rows } = await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect(rows[0]?.ServiceName).toBe('Shop  evil name');
  });
});

describe('paging', () => {
  const many = (count: number): Group[] =>
    Array.from({ length: count }, (_, i) => ({ keys: [`Service ${i}`], amount: `${i}.01` }));

  test('gives the same rows as one page, and each page completes the total', async () => {
    answerDays(many(25), many(30));
    const args = ask({ groupBy: ['ServiceName'], orderBy: 'cost' });
    const whole = await world.costs({ ...args, limit: 1000 });
    const rows = [];
    let cursor: string | undefined;
    do {
      const page = await world.costs({ ...args, limit: 7, ...(cursor ? { cursor } : {}) });
      rows.push(...page.rows);
      expect(page.Total).toEqual(whole.Total);
      expect(page.truncated).toBe(true);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(rows).toEqual(whole.rows);
    expect(rows[0]?.BilledCost).toBe('29.01');
    expect(world.proxy.paid()).toHaveLength(1);
  });

  test('refuses a cursor of other arguments, and one whose data changed', async () => {
    answerDays(many(5), []);
    const args = ask({ groupBy: ['ServiceName'], limit: 2 });
    const { nextCursor = '' } = await world.costs(args);
    expect(
      await world.refusal('query_costs', { ...args, orderBy: 'cost', cursor: nextCursor }),
    ).toMatchObject({ code: 'CURSOR_EXPIRED' });
    const [body = '', signature = ''] = nextCursor.split('.');
    expect(
      await world.refusal('query_costs', { ...args, cursor: `${body}A.${signature}` }),
    ).toMatchObject({ code: 'CURSOR_EXPIRED' });
    answerDays(many(6), []);
    expect(
      await world.refusal('query_costs', { ...args, cursor: nextCursor, maxAgeSeconds: 0 }),
    ).toMatchObject({ code: 'CURSOR_EXPIRED' });
  });

  test('keeps a result below 256 kB and its text below 25 kB', async () => {
    const wide = Array.from({ length: 900 }, (_, i) => ({
      keys: [`Service ${i} ${'x'.repeat(300)}`],
      amount: '1',
    }));
    answerDays(wide, []);
    const reply = await world.client.call(
      'query_costs',
      ask({ groupBy: ['ServiceName'], limit: 1000 }),
    );
    expect(JSON.stringify(reply).length).toBeLessThan(256 * 1024);
    const text = reply.content[0]?.text ?? '';
    expect(text.length).toBeLessThan(25_000);
    const shown = JSON.parse(text) as { rows: unknown[]; notes: string[]; nextCursor?: string };
    expect(shown.rows.length).toBeLessThanOrEqual(20);
    expect(shown.notes.join(' ')).toMatch(/page with cursor/);
    expect(shown.nextCursor).toBeDefined();
  });
});

describe('the cache', () => {
  test('answers the same question once for money', async () => {
    answerDays([{ keys: [EC2], amount: '1' }], []);
    const args = ask({ groupBy: ['ServiceName'] });
    const first = await world.costs(args);
    const second = await world.costs(args);
    expect(second.rows).toEqual(first.rows);
    expect(second.cost).toMatchObject({ upstreamCalls: 0, cacheHits: 1, usd: '0' });
    expect(second.dataAsOf).toBe(first.dataAsOf);
    expect(world.proxy.paid()).toHaveLength(1);
  });

  test('asks once for questions that come at the same time', async () => {
    answerDays([{ keys: [EC2], amount: '1' }], []);
    const args = ask({ groupBy: ['ServiceName'] });
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.costs(args)));
    expect(new Set(answers.map(({ Total }) => Total[0]?.BilledCost))).toEqual(new Set(['1']));
    expect(world.proxy.paid()).toHaveLength(1);
  });

  test('is not used for a fresher answer than it has', async () => {
    answerDays([{ keys: [EC2], amount: '1' }], []);
    const args = ask({ groupBy: ['ServiceName'] });
    await world.costs(args);
    await world.costs({ ...args, maxAgeSeconds: 0 });
    await world.costs({ ...args, maxAgeSeconds: 3600 });
    expect(world.proxy.paid()).toHaveLength(2);
  });

  test('is apart for each connection', async () => {
    answerDays([{ keys: [EC2], amount: '1' }], []);
    await world.costs(ask({ groupBy: ['ServiceName'] }));
    await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect(world.proxy.paid()).toHaveLength(2);
  });
});

describe('accounts', () => {
  test('are those with costs, by id, with the payer where there are several', async () => {
    world.proxy.answer('GetCostAndUsage', ({ body }) => {
      const { Start, End } = body['TimePeriod'] as { Start: string; End: string };
      const months = monthsOf(Start, End);
      return {
        json: {
          ResultsByTime: months.map(([from, to]) => ({
            TimePeriod: { Start: from, End: to },
            Estimated: false,
            Total: {},
            Groups: ['123456789012', '000000000001'].map((account) => ({
              Keys: [account],
              Metrics: { UnblendedCost: { Amount: '1', Unit: 'USD' } },
            })),
          })),
          DimensionValueAttributes: [
            { Value: '123456789012', Attributes: { description: 'management' } },
            { Value: '000000000001', Attributes: { description: 'shop' } },
          ],
        },
      };
    });
    const reply = await world.client.call('list_accounts', { connectionId: freshConnection() });
    expect(reply.structuredContent?.['rows']).toEqual([
      {
        BillingAccountId: '123456789012',
        BillingAccountName: 'management',
        SubAccountId: '000000000001',
        SubAccountName: 'shop',
        status: 'unknown',
      },
      {
        BillingAccountId: '123456789012',
        BillingAccountName: 'management',
        SubAccountId: '123456789012',
        SubAccountName: 'management',
        status: 'unknown',
      },
    ]);
    expect(world.proxy.paid().map(({ body }) => body['GroupBy'])).toEqual([
      [{ Type: 'DIMENSION', Key: 'LINKED_ACCOUNT' }],
    ]);
  });

  function monthsOf(start: string, end: string): [string, string][] {
    const months: [string, string][] = [];
    for (let from = start; from < end;) {
      const [year = 0, month = 1] = from.split('-').map(Number);
      const next = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
      const to = next < end ? next : end;
      months.push([from, to]);
      from = to;
    }
    return months;
  }
});
