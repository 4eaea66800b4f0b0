import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compareCostsContract } from '../../../core/mcp/compareCosts.ts';
import { getResourceCostsContract } from '../../../core/mcp/getResourceCosts.ts';
import { listDimensionValuesContract } from '../../../core/mcp/listDimensionValues.ts';
import type { QueryCostsOutput } from '../../../core/mcp/queryCosts.ts';
import { sumDecimals } from '../../../core/money/money.ts';
import { addDays, utcDay } from '../../../core/time/day.ts';
import { COMPUTE, STORAGE, type Charge } from './exportTable.ts';
import { freshConnection, startGcpServer, type GcpServer } from './gcpServer.ts';
import type { CostArgs } from '../toolCaller.ts';

const TODAY = utcDay(new Date());

let gcp: GcpServer;

beforeAll(async () => {
  gcp = await startGcpServer();
  return () => gcp.close();
});

beforeEach(() => {
  gcp.world.proxy.clear();
  gcp.world.stub.clear();
});

let days = 0;

/** Puts charges on a day that no other test has, and returns that day as a period. */
async function charge(...charges: Charge[]) {
  const day = addDays(TODAY, -(100 + (days += 2)));
  await gcp.world.exported.add(charges.map((one) => ({ at: `${day}T05:00:00Z`, ...one })));
  return { start: day, end: addDays(day, 1) };
}

const ask = (args: Partial<CostArgs> = {}): CostArgs => ({
  period: gcp.world.period,
  connectionIds: [freshConnection()],
  ...args,
});

const totalsOf = ({ Total }: Pick<QueryCostsOutput, 'Total'>) =>
  Object.fromEntries(Total.map(({ BillingCurrency, BilledCost }) => [BillingCurrency, BilledCost]));

describe('what BigQuery is asked', () => {
  test('is one query, after a dry run of it, with a limit of bytes and no value in its text', async () => {
    await gcp.costs(
      ask({
        groupBy: ['ServiceName', 'Tags:te"am'],
        filter: { dimension: 'ServiceName', in: ["Compute Engine'; DROP TABLE x; --"] },
      }),
    );
    const [dry, query, ...more] = gcp.world.proxy.jobs();
    expect(more).toEqual([]);
    expect(dry).toMatchObject({
      dryRun: true,
      sql: query?.sql,
      parameters: query?.parameters,
      maximumBytesBilled: undefined,
    });
    expect(query).toMatchObject({ dryRun: false, maximumBytesBilled: '10737418240' });
    expect(query?.sql).not.toMatch(/DROP|te"am/);
    expect(query?.parameters.map(({ name }) => name)).toEqual(['from', 'to', 'p0', 'p1']);
    expect(gcp.world.proxy.mistakes).toEqual([]);
  });

  test('bounds the partitions of a table that has them, after one look at it', async () => {
    await gcp.costs(ask({ connectionIds: ['look'] }));
    await gcp.costs(ask({ connectionIds: ['look'], granularity: 'MONTH' }));
    const looks = gcp.world.proxy.calls.filter(({ method }) => method === 'bigquery.tables.get');
    expect(looks).toHaveLength(1);
    expect(gcp.world.proxy.queries()[0]?.sql).toContain(
      '_PARTITIONTIME >= TIMESTAMP_SUB(@from, INTERVAL 1 DAY)',
    );
  });

  test('is nothing for what the export does not have', async () => {
    const refused: [CostArgs, string, string][] = [
      [ask({ metrics: ['ContractedCost'] }), 'UNSUPPORTED', 'metrics'],
      [ask({ metrics: ['ConsumedQuantity'] }), 'INVALID_ARGUMENT', 'groupBy'],
      [ask({ groupBy: ['x_Nothing'] }), 'UNSUPPORTED', 'groupBy'],
      [ask({ filter: { dimension: 'ServiceCategory', in: ['Compute'] } }), 'UNSUPPORTED', 'filter'],
      [ask({ filter: { dimension: 'ChargeCategory', in: ['x'] } }), 'INVALID_ARGUMENT', 'filter'],
      [ask({ connectionIds: ['a', 'b'] }), 'INVALID_ARGUMENT', 'connectionIds'],
      [
        ask({ period: { start: '2015-01-01', end: '2015-01-02' } }),
        'INVALID_ARGUMENT',
        'period.start',
      ],
      [
        ask({ period: { start: addDays(TODAY, 2), end: addDays(TODAY, 3) } }),
        'INVALID_ARGUMENT',
        'period.start',
      ],
      [ask({ cursor: 'made-up.cursor' }), 'CURSOR_EXPIRED', 'cursor'],
    ];
    for (const [args, code, field] of refused) {
      expect(await gcp.refusal('query_costs', args)).toMatchObject({ code, field });
    }
    expect(gcp.world.proxy.jobs()).toEqual([]);
  });

  test('ends tomorrow at the latest, and recent days are provisional', async () => {
    const period = { start: addDays(TODAY, -40), end: addDays(TODAY, 40) };
    const result = await gcp.costs(ask({ period, granularity: 'TOTAL' }));
    expect(result.period.actual).toEqual({ start: period.start, end: addDays(TODAY, 1) });
    expect(result.provisionalFrom).toBe(addDays(TODAY, -10));
    expect(result.notes.join(' ')).toMatch(/cut at/);
  });
});

describe('totals', () => {
  test.each(['HOUR', 'DAY', 'MONTH', 'TOTAL'] as const)(
    'by %s agree to the last digit with the charges',
    async (granularity) => {
      const result = await gcp.costs(ask({ granularity }));
      expect(totalsOf(result)).toEqual(gcp.world.totals);
    },
  );

  test.each([
    ['ServiceName'],
    ['ServiceCategory'],
    ['RegionId'],
    ['SubAccountId'],
    ['ResourceId'],
    ['SkuId'],
    ['SkuMeter'],
    ['ChargeCategory'],
    ['PricingCategory'],
    ['Tags:team'],
    ['x_SkuRegion'],
    ['x_InvoiceMonth'],
  ])('by %s are the same', async (dimension) => {
    const result = await gcp.costs(ask({ groupBy: [dimension] }));
    expect(totalsOf(result)).toEqual(gcp.world.totals);
  });

  test('are what Google’s own client reads', async () => {
    const { client, name } = gcp.world.exported;
    const [job] = await client.createQueryJob({
      query: `SELECT SUM(CAST(cost AS NUMERIC(38, 9))) AS cost FROM \`${name}\` WHERE currency = 'EUR'`,
    });
    const [rows] = await job.getQueryResults();
    const [{ cost }] = rows as [{ cost: { toFixed: () => string } }];
    const result = await gcp.costs(
      ask({ period: { start: addDays(TODAY, -90), end: TODAY }, granularity: 'TOTAL' }),
    );
    expect(totalsOf(result)['EUR']).toBe(cost.toFixed());
  });

  test('are rows and remainder on every page, and pages come to the whole', async () => {
    const args = ask({ groupBy: ['ServiceName', 'SubAccountId'] });
    const whole = await gcp.costs({ ...args, limit: 1000 });
    const paged: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await gcp.costs({ ...args, limit: 4, ...(cursor ? { cursor } : {}) });
      for (const { BillingCurrency, BilledCost } of page.Total) {
        const amounts = [...page.rows, ...page.Remainder].flatMap((row) =>
          row.BillingCurrency === BillingCurrency ? [row.BilledCost ?? '0'] : [],
        );
        expect(sumDecimals(amounts)).toBe(BilledCost);
      }
      paged.push(...page.rows);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(paged).toEqual(whole.rows);
    expect(gcp.world.proxy.queries().length).toBe(1);
  });

  test('keep nine decimals of tiny and large amounts, credits included', async () => {
    const period = await charge(
      { cost: 0.000000001 },
      { cost: 123456.789012345, credits: [-0.000000002, -0.5] },
    );
    expect(totalsOf(await gcp.costs(ask({ period })))).toEqual({ USD: '123456.289012344' });
  });
});

describe('rows', () => {
  test('by hour, day and month carry their own span', async () => {
    const period = await charge({ cost: 2 });
    const spans = await Promise.all(
      (['HOUR', 'DAY', 'TOTAL'] as const).map(async (granularity) => {
        const { rows } = await gcp.costs(ask({ period, granularity }));
        return rows.map((row) => [row.ChargePeriodStart, row.ChargePeriodEnd]);
      }),
    );
    const instant = (day: string, hour = '00') => `${day}T${hour}:00:00Z`;
    expect(spans).toEqual([
      [[instant(period.start, '05'), instant(period.start, '06')]],
      [[instant(period.start), instant(period.end)]],
      [[instant(period.start), instant(period.end)]],
    ]);
  });

  test('of projects carry their name; charges of none have no account', async () => {
    const period = await charge({ cost: 2 }, { cost: 1, project: null });
    const { rows, derivedColumns } = await gcp.costs(ask({ period, groupBy: ['SubAccountId'] }));
    expect(rows.map((row) => [row.SubAccountId, row.SubAccountName, row.BilledCost])).toEqual([
      [null, null, '1'],
      ['shop', 'The Shop', '2'],
    ]);
    expect(derivedColumns).toEqual(['SubAccountName']);
  });

  test('of a SKU in a region carry everything that follows from it', async () => {
    const period = await charge(
      { cost: 1 },
      { cost: 2, region: 'europe-west1' },
      { cost: 4, region: null, service: STORAGE, sku: { id: '9', description: 'Egress' } },
    );
    const result = await gcp.costs(ask({ period, groupBy: ['SubAccountId', 'x_SkuRegion'] }));
    const meter = 'N1 Predefined Instance Core running in Americas';
    expect(
      result.rows.map((row) => [
        row['x_SkuRegion'],
        row.SkuId,
        row.RegionId,
        row.SkuMeter,
        row.ServiceName,
        row.ServiceCategory,
        row.BilledCost,
      ]),
    ).toEqual(
      expect.arrayContaining([
        [
          '0001-AAAA/us-central1',
          '0001-AAAA',
          'us-central1',
          meter,
          COMPUTE.description,
          'Compute',
          '1',
        ],
        [
          '0001-AAAA/europe-west1',
          '0001-AAAA',
          'europe-west1',
          meter,
          COMPUTE.description,
          'Compute',
          '2',
        ],
        ['9/', '9', null, 'Egress', STORAGE.description, 'Storage', '4'],
      ]),
    );
    expect(result.derivedColumns).toEqual([
      'SubAccountName',
      'ServiceName',
      'ServiceCategory',
      'RegionId',
      'SkuId',
      'SkuMeter',
    ]);
  });

  test('of a category add up its services, and name none of them', async () => {
    const period = await charge(
      { cost: 1 },
      { cost: 2, service: { id: 'x', description: 'Cloud Run' } },
      { cost: 4, service: STORAGE },
    );
    const { rows } = await gcp.costs(ask({ period, groupBy: ['ServiceCategory'] }));
    expect(rows.map((row) => [row.ServiceCategory, row.ServiceName, row.BilledCost])).toEqual([
      ['Compute', undefined, '3'],
      ['Storage', undefined, '4'],
    ]);
  });

  test('by charge category tell credits, taxes, fees and adjustments apart', async () => {
    const period = await charge(
      { cost: 10, credits: [-1.5, -0.5] },
      { cost: 5, sku: { id: 'C', description: 'Commitment v1: N1 Core for 1 Year' } },
      { cost: 2, costType: 'tax' },
      { cost: -0.01, costType: 'rounding_error' },
      { cost: -3, costType: 'adjustment' },
    );
    const args = ask({ period, groupBy: ['ChargeCategory'] });
    const { rows, Total } = await gcp.costs(args);
    expect(rows.map((row) => [row.ChargeCategory, row.BilledCost])).toEqual([
      ['Adjustment', '-3.01'],
      ['Credit', '-2'],
      ['Purchase', '5'],
      ['Tax', '2'],
      ['Usage', '10'],
    ]);
    expect(Total[0]?.BilledCost).toBe('11.99');
    const filtered = await gcp.costs(
      ask({ period, filter: { dimension: 'ChargeCategory', in: ['Usage', 'Credit'] } }),
    );
    expect(filtered.Total[0]?.BilledCost).toBe('8');
  });

  test('by label name its value once, however often its key stands', async () => {
    const period = await charge(
      { cost: 1, labels: { team: 'a', env: 'x' } },
      { cost: 2, labels: { env: 'y' } },
      {
        cost: 4,
        labels: [
          { key: 'team', value: 'a' },
          { key: 'team', value: 'b' },
        ],
      },
    );
    const { rows } = await gcp.costs(ask({ period, groupBy: ['Tags:team'] }));
    expect(rows.map((row) => [row.Tags, row.BilledCost])).toEqual([
      [{ team: 'a' }, '1'],
      [{ team: 'b' }, '4'],
      [{ team: null }, '2'],
    ]);
  });

  test('of a SKU say how it is bought, as the Cloud Billing API knows it', async () => {
    const sku = (id: string) => ({ id, description: id });
    const period = await charge(
      { cost: 1, sku: sku('0001-AAAA') },
      { cost: 2, sku: sku('0002-BBBB') },
      { cost: 4, sku: sku('0003-CCCC') },
      { cost: 8, sku: sku('unknown') },
    );
    const connectionIds = [freshConnection()];
    const args = ask({ period, groupBy: ['PricingCategory'], connectionIds });
    const { rows, cost } = await gcp.costs(args);
    expect(rows.map((row) => [row.PricingCategory, row.BilledCost])).toEqual([
      [null, '8'],
      ['Committed', '4'],
      ['Dynamic', '2'],
      ['Standard', '1'],
    ]);
    expect(cost.upstreamCalls).toBe(5);
    await gcp.costs(ask({ period, groupBy: ['SkuId', 'PricingCategory'], connectionIds }));
    expect(gcp.world.stub.calls.map(({ method }) => method)).toEqual([
      'cloudbilling.services.skus.list',
    ]);
    expect(gcp.world.stub.mistakes).toEqual([]);
  });
});

describe('metrics', () => {
  test('are billed, effective and list costs, and quantities of one meter', async () => {
    const period = await charge(
      { cost: 1.5, listCost: 2, credits: [-0.5], usage: { amount: 7200.5, unit: 'seconds' } },
      { cost: 1, listCost: 3, usage: { amount: 0.25, unit: 'seconds' } },
    );
    const { rows, notes } = await gcp.costs(
      ask({
        period,
        groupBy: ['SkuId'],
        metrics: ['BilledCost', 'EffectiveCost', 'ListCost', 'ConsumedQuantity'],
      }),
    );
    expect(rows[0]).toMatchObject({
      BilledCost: '2',
      EffectiveCost: '2',
      ListCost: '5',
      ConsumedQuantity: '7200.75',
      ConsumedUnit: 'seconds',
    });
    expect(notes.join(' ')).toMatch(/EffectiveCost is BilledCost/);
  });

  test('that are made of the same columns share one answer', async () => {
    const args = ask({ granularity: 'TOTAL' });
    const billed = await gcp.costs(args);
    const effective = await gcp.costs({ ...args, metrics: ['EffectiveCost'] });
    expect(effective.Total.map(({ EffectiveCost }) => EffectiveCost)).toEqual(
      billed.Total.map(({ BilledCost }) => BilledCost),
    );
    expect(gcp.world.proxy.queries().length).toBe(1);
  });

  test('that some charges lack are refused, not filled in', async () => {
    const period = await charge({ cost: 1, listCost: null }, { cost: 1 });
    expect(await gcp.refusal('query_costs', ask({ period, metrics: ['ListCost'] }))).toMatchObject({
      code: 'UNSUPPORTED',
      field: 'metrics',
    });
  });
});

describe('filters', () => {
  const fixtures: Charge[] = [
    { cost: 1, labels: { team: 'a' } },
    { cost: 2, service: STORAGE, region: null, labels: { team: 'b' } },
    { cost: 4, region: 'europe-west1', project: { id: 'lab', name: 'Lab' } },
    { cost: 8, project: null },
  ];
  test.each<[string, CostArgs['filter'], string]>([
    ['one of', { dimension: 'ServiceName', in: [COMPUTE.description] }, '13'],
    [
      'none of, which keeps charges that have none',
      { dimension: 'RegionId', notIn: ['us-central1'] },
      '6',
    ],
    ['has none', { dimension: 'SubAccountId', in: [''] }, '8'],
    ['none or one of', { dimension: 'SubAccountId', in: ['', 'lab'] }, '12'],
    ['has some', { dimension: 'SubAccountId', notIn: [''] }, '7'],
    ['a label', { dimension: 'Tags:team', in: ['a'] }, '1'],
    ['no label', { dimension: 'Tags:team', in: [''] }, '12'],
    [
      'not a label, which keeps charges without it',
      { not: { dimension: 'Tags:team', in: ['a'] } },
      '14',
    ],
    ['a SKU in a region', { dimension: 'x_SkuRegion', in: ['0001-AAAA/europe-west1'] }, '4'],
    [
      'a tree',
      {
        or: [
          {
            and: [
              { dimension: 'Tags:team', in: ['a', 'b'] },
              { not: { dimension: 'RegionId', in: [''] } },
            ],
          },
          { dimension: 'SubAccountId', in: ['lab'] },
        ],
      },
      '5',
    ],
  ])('%s', async (_name, filter, expected) => {
    const period = await charge(...fixtures);
    const { Total } = await gcp.costs(ask({ period, filter }));
    expect(Total[0]?.BilledCost).toBe(expected);
  });
});

describe('what a query costs', () => {
  test('is shown in bytes and dollars, and nothing for the same question again', async () => {
    gcp.world.proxy.setBytes(1024 ** 3);
    const args = ask();
    const { cost, notes } = await gcp.costs(args);
    expect(cost).toMatchObject({
      upstreamCalls: 4,
      cacheHits: 0,
      bytesScanned: 1024 ** 3,
      usd: '0.006103515625',
    });
    expect(notes.join(' ')).toMatch(/first TiB of a month is free/);
    const again = await gcp.costs(args);
    expect(again.cost).toMatchObject({ upstreamCalls: 0, cacheHits: 1, usd: '0', bytesScanned: 0 });
    expect(gcp.world.proxy.queries().length).toBe(1);
  });
});

describe('the other tools', () => {
  test('compare two periods', async () => {
    const a = await charge({ cost: 1 }, { cost: 2, service: STORAGE });
    const b = await charge({ cost: 5 }, { cost: 2, service: STORAGE });
    const result = await gcp.call(compareCostsContract, {
      periodA: a,
      periodB: b,
      groupBy: ['ServiceName'],
      connectionIds: [freshConnection()],
    });
    expect(result.rows[0]).toMatchObject({ ServiceName: COMPUTE.description, Delta: '4' });
  });

  test('list values with their costs', async () => {
    const period = await charge({ cost: 1, labels: { team: 'a' } }, { cost: 3 });
    const { rows } = await gcp.call(listDimensionValuesContract, {
      dimension: 'Tags:team',
      period,
      connectionIds: [freshConnection()],
    });
    expect(rows.map(({ value, BilledCost }) => [value, BilledCost])).toEqual([
      [null, '3'],
      ['a', '1'],
    ]);
  });

  test('name the most expensive resources with their type and labels', async () => {
    const vm = (name: string) => ({
      name,
      global_name: `//compute.googleapis.com/projects/shop/zones/us-central1-a/instances/${name}`,
    });
    const period = await charge(
      { cost: 3, resource: vm('big'), labels: { team: 'a' } },
      { cost: 1, resource: vm('small') },
      { cost: 0.5 },
    );
    const result = await gcp.call(getResourceCostsContract, {
      period,
      filter: { dimension: 'SubAccountId', in: ['shop'] },
      topN: 2,
      connectionIds: [freshConnection()],
    });
    expect(result.rows).toMatchObject([
      {
        ResourceId: vm('big').global_name,
        ResourceName: 'big',
        ResourceType: 'compute.googleapis.com/instances',
        Tags: { team: 'a' },
        BilledCost: '3',
      },
      { ResourceName: 'small', BilledCost: '1' },
    ]);
    expect(result.Remainder).toMatchObject([{ count: 1, BilledCost: '0.5' }]);
  });
});

describe('a standard export', () => {
  let standard: GcpServer;

  beforeAll(async () => {
    standard = await startGcpServer('standard');
    return () => standard.close();
  });

  test('answers the same costs', async () => {
    const result = await standard.costs({ period: standard.world.period });
    expect(totalsOf(result)).toEqual(standard.world.totals);
  });

  test('says how resources are switched on', async () => {
    const { period } = standard.world;
    const filter = { dimension: 'SubAccountId', in: ['shop'] };
    for (const [tool, args] of [
      ['get_resource_costs', { period, filter }],
      ['query_costs', { period, groupBy: ['ResourceId'] }],
      ['query_costs', { period, filter: { dimension: 'ResourceId', in: ['x'] } }],
    ] as const) {
      const refusal = await standard.refusal(tool, args);
      expect(refusal.code).toBe('UNSUPPORTED');
      expect(refusal.text).toContain('gcp_billing_export_resource_v1_');
    }
  });
});

test('a table without partitions is asked without their bound', async () => {
  const view = await startGcpServer('view-like');
  try {
    const result = await view.costs({ period: view.world.period });
    expect(totalsOf(result)).toEqual(view.world.totals);
    expect(view.world.proxy.queries()[0]?.sql).not.toContain('_PARTITIONTIME');
  } finally {
    await view.close();
  }
});
