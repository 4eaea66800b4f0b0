import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sumDecimals } from '../../../core/money/money.ts';
import { addDays } from '../../../core/time/day.ts';
import { addMonths } from '../../../core/time/month.ts';
import type { FakeCharge } from '../../servers/startAzureFake.ts';
import { startAzure, type AzureTest } from './startAzure.ts';
import type { CostArgs } from '../toolCaller.ts';

const SUB_A = '11111111-1111-1111-1111-111111111111';
const SUB_B = '22222222-2222-2222-2222-222222222222';
const GROUP = `subscriptions/${SUB_B}/resourceGroups/shop`;
const VM = 'Virtual Machines';
const TODAY = new Date().toISOString().slice(0, 10);
const START = addDays(TODAY, -70);
const PERIOD = { start: START, end: addDays(START, 2) };

let world: AzureTest;

beforeAll(async () => {
  world = await startAzure([`subscriptions/${SUB_A}`, GROUP]);
  return () => world.close();
});

beforeEach(() => {
  world.proxy.clear();
});

let connections = 0;
const freshConnection = (): string => `c${(connections += 1)}`;

const ask = (args: Partial<CostArgs> = {}): CostArgs => ({
  period: PERIOD,
  connectionIds: [freshConnection()],
  ...args,
});

const charge = (cost: string, more: Partial<FakeCharge> = {}): FakeCharge => ({
  scope: `subscriptions/${SUB_A}/resourceGroups/rg`,
  date: START,
  cost,
  currency: 'EUR',
  ...more,
  dimensions: { ServiceName: VM, ...more.dimensions },
});

const put = (...charges: FakeCharge[]) => world.fake.put({ charges });
const ofFirstScope = () => world.proxy.queries().filter(({ path }) => path.includes(SUB_A));
const bodies = () => world.proxy.queries().map(({ body }) => body);
/** Days that the first scope was asked for, as Azure has them: both included. */
const windows = () =>
  ofFirstScope().map(({ body }) => {
    const { from, to } = body['timePeriod'] as { from: string; to: string };
    return [from.slice(0, 10), to.slice(0, 10)];
  });

describe('what Azure is asked', () => {
  test('names scope, charges, period, amounts and groups in the Query API’s words', async () => {
    await put();
    await world.costs(ask({ groupBy: ['ServiceName', 'Tags:team'] }));
    const paths = world.proxy.queries().map(({ path }) => path);
    expect(paths.sort()).toEqual(
      [`subscriptions/${SUB_A}`, GROUP].map(
        (scope) => `/${scope}/providers/Microsoft.CostManagement/query?api-version=2022-10-01`,
      ),
    );
    const body = {
      type: 'ActualCost',
      timeframe: 'Custom',
      timePeriod: {
        from: `${PERIOD.start}T00:00:00.000Z`,
        to: `${addDays(PERIOD.end, -1)}T23:59:59.000Z`,
      },
      dataset: {
        granularity: 'Daily',
        aggregation: { totalCost: { name: 'Cost', function: 'Sum' } },
        grouping: [
          { type: 'Dimension', name: 'ServiceName' },
          { type: 'TagKey', name: 'team' },
        ],
      },
    };
    expect(bodies()).toEqual([body, body]);
  });

  test('holds the filter tree, negations that cancel out resolved', async () => {
    await put();
    await world.costs(
      ask({
        filter: {
          and: [
            { dimension: 'ServiceName', in: [VM, 'Storage'] },
            { or: [{ dimension: 'Tags:team', in: ['a'] }] },
            { not: { or: [{ dimension: 'RegionId', notIn: ['westeurope'] }] } },
            {
              not: {
                and: [
                  { dimension: 'x_ResourceGroup', notIn: ['a'] },
                  { dimension: 'ChargeCategory', notIn: ['Tax'] },
                ],
              },
            },
          ],
        },
      }),
    );
    const leaf = (name: string, values: string[]) => ({
      dimensions: { name, operator: 'In', values },
    });
    expect((bodies()[0]?.['dataset'] as { filter: unknown }).filter).toEqual({
      and: [
        leaf('ServiceName', [VM, 'Storage']),
        { tags: { name: 'team', operator: 'In', values: ['a'] } },
        leaf('ResourceLocation', ['westeurope', 'West Europe', 'EU West']),
        { or: [leaf('ResourceGroupName', ['a']), leaf('ChargeType', ['Tax'])] },
      ],
    });
  });

  test('is asked by day in pieces of 31 days that touch and do not overlap', async () => {
    await put(
      charge('1'),
      charge('2', { date: addDays(START, 31) }),
      charge('4', { date: addDays(START, 62) }),
    );
    const period = { start: START, end: addDays(START, 63) };
    const { Total, rows } = await world.costs(ask({ period }));
    expect(windows()).toEqual([
      [START, addDays(START, 30)],
      [addDays(START, 31), addDays(START, 61)],
      [addDays(START, 62), addDays(START, 62)],
    ]);
    expect(Total[0]?.BilledCost).toBe('7');
    expect(rows).toHaveLength(3);
  });

  test('is asked in total in pieces of 12 months, which come to one row', async () => {
    const start = addMonths(TODAY, -14);
    await put(charge('0.1', { date: start }), charge('0.2', { date: START }));
    const period = { start, end: addMonths(TODAY, 0) };
    const { rows } = await world.costs(ask({ period, granularity: 'TOTAL' }));
    expect(windows()).toEqual([
      [start, addDays(addMonths(start, 12), -1)],
      [addMonths(start, 12), addDays(period.end, -1)],
    ]);
    expect(bodies()[0]?.['dataset']).not.toHaveProperty('granularity');
    expect(rows).toEqual([
      {
        ChargePeriodStart: `${start}T00:00:00Z`,
        ChargePeriodEnd: `${period.end}T00:00:00Z`,
        ProviderName: 'Azure',
        BillingCurrency: 'EUR',
        BilledCost: '0.3',
        x_Estimated: expect.any(Boolean) as boolean,
      },
    ]);
  });

  test('ends tomorrow at the latest, and the result says so', async () => {
    await put();
    const period = { start: addDays(TODAY, -1), end: addDays(TODAY, 20) };
    const result = await world.costs(ask({ period }));
    expect(windows()[0]).toEqual([period.start, TODAY]);
    expect(result.period.actual).toEqual({ start: period.start, end: addDays(TODAY, 1) });
    expect(result.notes.join(' ')).toMatch(/cut at/);
  });

  test('is nothing for what the Query API does not have', async () => {
    const refused: [Partial<CostArgs>, string, string][] = [
      [{ metrics: ['ListCost'] }, 'UNSUPPORTED', 'metrics'],
      [{ metrics: ['ContractedCost'] }, 'UNSUPPORTED', 'metrics'],
      [{ metrics: ['ConsumedQuantity'] }, 'INVALID_ARGUMENT', 'groupBy'],
      [
        { metrics: ['ConsumedQuantity'], groupBy: ['SkuMeter', 'RegionId'] },
        'INVALID_ARGUMENT',
        'groupBy',
      ],
      [{ granularity: 'HOUR' }, 'UNSUPPORTED', 'granularity'],
      [{ groupBy: ['SkuId'] }, 'UNSUPPORTED', 'groupBy'],
      [{ groupBy: ['Tags:a', 'Tags:b'] }, 'UNSUPPORTED', 'groupBy'],
      [{ filter: { dimension: 'ServiceName', notIn: [VM] } }, 'UNSUPPORTED', 'filter'],
      [{ filter: { not: { dimension: 'ServiceName', in: [VM] } } }, 'UNSUPPORTED', 'filter'],
      [{ filter: { dimension: 'ServiceCategory', in: ['Compute'] } }, 'UNSUPPORTED', 'filter'],
      [{ filter: { dimension: 'Tags:team', in: [''] } }, 'UNSUPPORTED', 'filter'],
      [{ filter: { dimension: 'ChargeCategory', in: ['x'] } }, 'INVALID_ARGUMENT', 'filter'],
      [{ connectionIds: ['a', 'b'] }, 'INVALID_ARGUMENT', 'connectionIds'],
      [{ period: { start: '2020-01-01', end: '2020-01-02' } }, 'INVALID_ARGUMENT', 'period.start'],
      [
        { period: { start: addDays(TODAY, 2), end: addDays(TODAY, 3) } },
        'INVALID_ARGUMENT',
        'period.start',
      ],
    ];
    for (const [args, code, field] of refused) {
      expect(await world.refusal('query_costs', ask(args))).toMatchObject({
        code,
        field,
        retryable: false,
      });
    }
    expect(world.proxy.calls).toEqual([]);
  });
});

describe('rows', () => {
  test('keep every digit, of any number that JSON can write', async () => {
    const page = (json: string) => ({
      text: `{"properties":{"columns":[{"name":"Cost"},{"name":"UsageDate"},{"name":"ServiceName"},{"name":"Currency"}],"rows":${json},"nextLink":null}}`,
      type: 'application/json; charset=utf-8',
    });
    const day = START.replaceAll('-', '');
    world.proxy.answer('query', (_call, i) =>
      page(
        i === 0
          ? `[[0.1,${day},"a","EUR"],[12345678901.234567,${day},"b \\"1\\" 2","EUR"],[1.5E-7,${day},"c\\\\","EUR"],[-0.30000000000000004,${day},"d","EUR"]]`
          : `[[0.2,${day},"a","EUR"]]`,
      ),
    );
    const { rows, Total } = await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect(rows.map((row) => [row.ServiceName, row.BilledCost])).toEqual([
      ['a', '0.3'],
      ['b "1" 2', '12345678901.234567'],
      ['c\\', '0.00000015'],
      ['d', '-0.30000000000000004'],
    ]);
    expect(Total[0]?.BilledCost).toBe('12345678901.23456714999999996');
  });

  test('of all dimensions are as FOCUS names their values', async () => {
    await put(
      charge('1', {
        dimensions: {
          ResourceLocation: 'EU West',
          ChargeType: 'usage',
          PricingModel: 'OnDemand',
          Meter: 'D2s v3',
          ResourceGroupName: 'rg',
        },
      }),
      charge('2', {
        dimensions: {
          ServiceName: 'Storage',
          ResourceLocation: 'Unassigned',
          ChargeType: 'UnusedReservation',
          PricingModel: 'Reservation',
          Meter: '',
          ResourceGroupName: '',
        },
      }),
    );
    const cases: [string, (string | null)[]][] = [
      ['RegionId', [null, 'westeurope']],
      ['ChargeCategory', ['Usage']],
      ['PricingCategory', ['Committed', 'Standard']],
      ['SkuMeter', [null, 'D2s v3']],
      ['x_ResourceGroup', [null, 'rg']],
      ['SubAccountId', [SUB_A]],
      ['ServiceCategory', ['Compute', 'Storage']],
    ];
    for (const [dimension, values] of cases) {
      const { rows, Total } = await world.costs(ask({ groupBy: [dimension] }));
      expect(rows.map((row) => row[dimension]).sort()).toEqual([...values].sort());
      expect(Total[0]?.BilledCost).toBe('3');
    }
  });

  test('of a service carry its category', async () => {
    await put(charge('1'));
    const { rows, derivedColumns } = await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect(rows[0]).toMatchObject({ ServiceName: VM, ServiceCategory: 'Compute' });
    expect(derivedColumns).toEqual(['ServiceCategory']);
  });

  test('by service and category ask Azure for one dimension', async () => {
    await put(charge('1'));
    const { rows } = await world.costs(ask({ groupBy: ['ServiceName', 'ServiceCategory'] }));
    expect((bodies()[0]?.['dataset'] as { grouping: unknown[] }).grouping).toHaveLength(1);
    expect(rows[0]).toMatchObject({ ServiceName: VM, ServiceCategory: 'Compute' });
  });

  test('by tag name the value, null where the tag is absent', async () => {
    await put(charge('1', { tags: { team: 'shop' } }), charge('2'));
    const { rows } = await world.costs(ask({ groupBy: ['Tags:team'] }));
    expect(rows.map((row) => [row.Tags, row.BilledCost])).toEqual(
      expect.arrayContaining([
        [{ team: 'shop' }, '1'],
        [{ team: null }, '2'],
      ]),
    );
  });

  test('by month lie in the months asked for, the first and last cut', async () => {
    const first = addMonths(TODAY, -3);
    const period = { start: addDays(first, 4), end: addDays(addMonths(first, 1), 2) };
    await put(
      charge('1', { date: addDays(first, 5) }),
      charge('2', { date: addMonths(first, 1) }),
      charge('8', { date: first }),
    );
    const { rows } = await world.costs(ask({ period, granularity: 'MONTH' }));
    expect(
      rows.map((row) => [
        row.ChargePeriodStart.slice(0, 10),
        row.ChargePeriodEnd.slice(0, 10),
        row.BilledCost,
      ]),
    ).toEqual([
      [period.start, addMonths(first, 1), '1'],
      [addMonths(first, 1), period.end, '2'],
    ]);
  });

  test('hold amortised costs beside billed ones, and 0 where only one exists', async () => {
    await put(
      charge('100', { amortized: '0', dimensions: { ServiceName: 'Reservations' } }),
      charge('0', { amortized: '3.3', dimensions: { ServiceName: VM } }),
    );
    const { rows } = await world.costs(
      ask({ groupBy: ['ServiceName'], metrics: ['EffectiveCost', 'BilledCost'] }),
    );
    expect(
      bodies()
        .map((body) => body['type'])
        .sort(),
    ).toEqual(['ActualCost', 'ActualCost', 'AmortizedCost', 'AmortizedCost']);
    expect(rows.map((row) => [row.ServiceName, row.BilledCost, row.EffectiveCost])).toEqual([
      ['Reservations', '100', '0'],
      [VM, '0', '3.3'],
    ]);
  });

  test('by meter hold quantities with their unit', async () => {
    await put(
      charge('1', { quantity: '10.5', dimensions: { Meter: 'Data Out', UnitOfMeasure: '1 GB' } }),
      charge('2', { quantity: '3', dimensions: { Meter: 'Data Out', UnitOfMeasure: '1 Hour' } }),
    );
    const { rows } = await world.costs(
      ask({ groupBy: ['SkuMeter'], metrics: ['ConsumedQuantity', 'BilledCost'] }),
    );
    expect(
      rows.map((row) => [row.SkuMeter, row.ConsumedQuantity, row.ConsumedUnit, row.BilledCost]),
    ).toEqual([
      ['Data Out', '10.5', '1 GB', '1'],
      ['Data Out', '3', '1 Hour', '2'],
    ]);
  });

  test('of two currencies are never summed together', async () => {
    await put(charge('1'), charge('2', { scope: GROUP, currency: 'USD' }));
    const { Total, currencies } = await world.costs(ask());
    expect(currencies).toEqual(['EUR', 'USD']);
    expect(Total.map((sum) => [sum.BillingCurrency, sum.BilledCost])).toEqual([
      ['EUR', '1'],
      ['USD', '2'],
    ]);
  });

  test('of several scopes are added up', async () => {
    await put(
      charge('0.1'),
      charge('0.2', { scope: GROUP }),
      charge('4', { scope: `subscriptions/${SUB_B}/resourceGroups/other` }),
    );
    const { rows } = await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect(rows.map((row) => row.BilledCost)).toEqual(['0.3']);
  });

  test('of a filter are those that match it', async () => {
    await put(
      charge('1', { dimensions: { ResourceLocation: 'EU West' } }),
      charge('2', { dimensions: { ResourceLocation: 'westeurope' } }),
      charge('4', { dimensions: { ResourceLocation: 'US East' } }),
    );
    const { rows } = await world.costs(
      ask({ groupBy: ['ServiceName'], filter: { dimension: 'RegionId', in: ['westeurope'] } }),
    );
    expect(rows).toMatchObject([{ BilledCost: '3', RegionId: 'westeurope' }]);
  });

  test('that are none come with a hint', async () => {
    await put();
    const { rows, Total, notes } = await world.costs(ask());
    expect([rows, Total]).toEqual([[], []]);
    expect(notes.join(' ')).toMatch(/No costs match/);
  });

  test('that are none without content are none', async () => {
    world.proxy.answer('query', () => ({ status: 204, text: '' }));
    expect((await world.costs(ask())).rows).toEqual([]);
  });

  test('are estimates until the invoice of their month', async () => {
    await put(charge('1'), charge('2', { date: addDays(TODAY, -1) }));
    const period = { start: START, end: TODAY };
    const { rows, provisionalFrom } = await world.costs(ask({ period }));
    expect(rows.map((row) => row.x_Estimated)).toEqual([false, true]);
    expect(provisionalFrom?.slice(8)).toBe('01');
  });

  test('lose control and direction characters of names', async () => {
    await put(charge('1', { dimensions: { ServiceName: 'Shop\u0000\u202Eevil\nname' } }));
    const { rows } = await world.costs(ask({ groupBy: ['ServiceName'] }));
    expect(rows[0]?.ServiceName).toBe('Shop  evil name');
  });
});

describe('totals', () => {
  test('are the exact sum of all charges, whatever the pages, groups and scopes', async () => {
    const services = ['Storage', VM, 'Bandwidth'];
    const charges = fc.array(
      fc.record({
        cents: fc.bigInt(-(10n ** 17n), 10n ** 17n),
        service: fc.constantFrom(...services),
        inGroup: fc.boolean(),
        day: fc.constantFrom(0, 1),
      }),
      { minLength: 1, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(
        charges,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 9 }),
        async (made, rowsOnPage, limit) => {
          const costs = made.map(({ cents }) => toDecimal(cents));
          await world.fake.put({
            rowsOnPage,
            charges: made.map(({ service, inGroup, day }, i) =>
              charge(costs[i] ?? '0', {
                date: addDays(START, day),
                dimensions: { ServiceName: service },
                ...(inGroup ? { scope: GROUP } : {}),
              }),
            ),
          });
          const args = ask({ groupBy: ['ServiceName'], limit, orderBy: 'cost' });
          const { rows, Total, Remainder } = await world.costs(args);
          expect(Total[0]?.BilledCost).toBe(sumDecimals(costs));
          const parts = [...rows, ...Remainder].map(({ BilledCost = '0' }) => BilledCost);
          expect(sumDecimals(parts)).toBe(sumDecimals(costs));
        },
      ),
      { numRuns: 12 },
    );
  });
});

const toDecimal = (cents: bigint): string => {
  const digits = String(cents < 0n ? -cents : cents).padStart(13, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -12)}.${digits.slice(-12)}`;
};

describe('pages', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      charge(`${i}.01`, { dimensions: { ServiceName: `Service ${i}` } }),
    );

  test('of Azure are all read, by the same question', async () => {
    await world.fake.put({ charges: many(25), rowsOnPage: 10 });
    const { Total } = await world.costs(ask({ groupBy: ['ServiceName'] }));
    const ofFirst = ofFirstScope();
    expect(ofFirst).toHaveLength(3);
    expect(new Set(ofFirst.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(
      ofFirst.map(({ path }) => new URL(path, 'https://x').searchParams.get('$skiptoken')),
    ).toEqual([null, '10', '20']);
    expect(Total).toEqual([{ BillingCurrency: 'EUR', count: 25, BilledCost: '300.25' }]);
  });

  test('of ours give the same rows as one, and ask Azure once', async () => {
    await world.fake.put({ charges: many(20) });
    const args = ask({ groupBy: ['ServiceName'], orderBy: 'cost' });
    const whole = await world.costs({ ...args, limit: 1000 });
    const rows = [];
    let cursor: string | undefined;
    do {
      const page = await world.costs({ ...args, limit: 7, ...(cursor ? { cursor } : {}) });
      rows.push(...page.rows);
      expect(page.Total).toEqual(whole.Total);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(rows).toEqual(whole.rows);
    expect(world.proxy.queries()).toHaveLength(2);
  });
});

describe('the cache', () => {
  test('answers the same question without Azure', async () => {
    await put(charge('1'));
    const args = ask({ groupBy: ['ServiceName'] });
    const first = await world.costs(args);
    const second = await world.costs(args);
    expect(first.cost).toMatchObject({ upstreamCalls: 2, cacheHits: 0, usd: '0' });
    expect(second.cost).toMatchObject({ upstreamCalls: 0, cacheHits: 2 });
    expect([second.rows, second.dataAsOf]).toEqual([first.rows, first.dataAsOf]);
    await world.costs({ ...args, maxAgeSeconds: 0 });
    expect(world.proxy.queries()).toHaveLength(4);
  });

  test('asks once for questions that come at the same time', async () => {
    await put(charge('1'));
    const args = ask({ groupBy: ['ServiceName'] });
    const answers = await Promise.all(Array.from({ length: 6 }, () => world.costs(args)));
    expect(new Set(answers.map(({ Total }) => Total[0]?.BilledCost))).toEqual(new Set(['1']));
    expect(world.proxy.queries()).toHaveLength(2);
  });

  test('keeps the pieces of a longer period that it knows', async () => {
    await put(charge('1'), charge('2', { date: addDays(START, 40) }));
    const connectionIds = [freshConnection()];
    await world.costs(ask({ connectionIds, period: { start: START, end: addDays(START, 31) } }));
    const { Total, cost } = await world.costs(
      ask({ connectionIds, period: { start: START, end: addDays(START, 45) } }),
    );
    expect(Total[0]?.BilledCost).toBe('3');
    expect(cost).toMatchObject({ upstreamCalls: 2, cacheHits: 2 });
  });
});
