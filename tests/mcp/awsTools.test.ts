import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compareCostsContract } from '../../core/mcp/compareCosts.ts';
import { getResourceCostsContract } from '../../core/mcp/getResourceCosts.ts';
import { listDimensionValuesContract } from '../../core/mcp/listDimensionValues.ts';
import { listProviderAnomaliesContract } from '../../core/mcp/listProviderAnomalies.ts';
import { listRecommendationsContract } from '../../core/mcp/listRecommendations.ts';
import { freshConnection, startAwsWorld, type AwsWorld } from './awsWorld.ts';
import { dailyResults, day, type Group } from './costResults.ts';

const EC2 = 'Amazon Elastic Compute Cloud - Compute';
const S3 = 'Amazon Simple Storage Service';
const TODAY = new Date().toISOString().slice(0, 10);

let world: AwsWorld;

beforeAll(async () => {
  world = await startAwsWorld();
  return () => world.close();
});

beforeEach(() => {
  world.proxy.clear();
});

async function call<Output>(
  contract: { name: string; output: { parse: (value: unknown) => Output } },
  args: Record<string, unknown>,
): Promise<Output> {
  const reply = await world.client.call(contract.name, args);
  if (reply.isError === true) throw new Error(reply.content[0]?.text);
  return contract.output.parse(reply.structuredContent);
}

const own = () => ({ connectionIds: [freshConnection()] });

/** Answers totals: one span as long as the period, which lies within one month. */
const answerTotals = (give: (period: { Start: string; End: string }) => Group[]): void => {
  world.proxy.answer('GetCostAndUsage', ({ body }) => {
    const period = body['TimePeriod'] as { Start: string; End: string };
    const [result] = dailyResults(period.Start, [give(period)]) as Record<string, unknown>[];
    return { json: { ResultsByTime: [{ ...result, TimePeriod: period }] } };
  });
};

// Two spans of five days within the month before this one.
const [year = 0, month = 1] = TODAY.split('-').map(Number);
const monthStart = new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 10);
const before = { start: day(monthStart, 2), end: day(monthStart, 7) };
const after = { start: day(monthStart, 12), end: day(monthStart, 17) };

describe('list_dimension_values', () => {
  test('gives values with their cost, the most expensive first, and can be searched', async () => {
    answerTotals(() => [
      { keys: ['EU (Ireland)'], amount: '3' },
      { keys: ['eu-west-1'], amount: '2.5' },
      { keys: ['us-east-1'], amount: '10' },
      { keys: ['NoRegion'], amount: '1' },
      { keys: ['global'], amount: '0.5' },
    ]);
    const args = { dimension: 'RegionId', period: before, ...own() };
    const all = await call(listDimensionValuesContract, args);
    expect(all.rows.map(({ value, BilledCost }) => [value, BilledCost])).toEqual([
      ['us-east-1', '10'],
      ['EU (Ireland)', '3'],
      ['eu-west-1', '2.5'],
      // Cost Explorer has two words for "no region".
      [null, '1.5'],
    ]);
    const found = await call(listDimensionValuesContract, { ...args, search: 'EU' });
    expect(found.rows.map(({ value }) => value)).toEqual(['EU (Ireland)', 'eu-west-1']);
    expect(found.Total).toEqual([{ BillingCurrency: 'USD', count: 2, BilledCost: '5.5' }]);
    expect(world.proxy.paid()).toHaveLength(1);
  });

  test('pages through tag values', async () => {
    answerTotals(() =>
      ['a', 'b', 'c', ''].map((value, i) => ({ keys: [`team$${value}`], amount: String(9 - i) })),
    );
    const args = { dimension: 'Tags:team', period: before, limit: 3, ...own() };
    const first = await call(listDimensionValuesContract, args);
    const second = await call(listDimensionValuesContract, { ...args, cursor: first.nextCursor });
    expect([...first.rows, ...second.rows].map(({ value }) => value)).toEqual([
      'a',
      'b',
      'c',
      null,
    ]);
    expect(second.nextCursor).toBeUndefined();
  });
});

describe('compare_costs', () => {
  test('says what changed, by how much, and what is new or gone', async () => {
    answerTotals(({ Start }) =>
      Start === before.start
        ? [
            { keys: [EC2], amount: '100' },
            { keys: [S3], amount: '20.00' },
            { keys: ['AWS Lambda'], amount: '5' },
            { keys: ['AmazonCloudWatch'], amount: '1' },
          ]
        : [
            { keys: [EC2], amount: '150.5' },
            { keys: [S3], amount: '20' },
            { keys: ['Amazon Bedrock'], amount: '30' },
            { keys: ['AmazonCloudWatch'], amount: '1.1' },
          ],
    );
    const result = await call(compareCostsContract, {
      periodA: before,
      periodB: after,
      topN: 3,
      ...own(),
    });
    expect(result.rows).toEqual([
      {
        ProviderName: 'AWS',
        ServiceName: EC2,
        ServiceCategory: 'Compute',
        BillingCurrency: 'USD',
        A: '100',
        B: '150.5',
        Delta: '50.5',
        DeltaPercent: 50.5,
        ShareOfDelta: 66.8,
        isNew: false,
        isGone: false,
      },
      expect.objectContaining({
        ServiceName: 'Amazon Bedrock',
        A: '0',
        B: '30',
        DeltaPercent: null,
        isNew: true,
      }),
      expect.objectContaining({
        ServiceName: 'AWS Lambda',
        Delta: '-5',
        DeltaPercent: -100,
        ShareOfDelta: -6.61,
        isGone: true,
      }),
    ]);
    expect(result.Total).toEqual([
      { BillingCurrency: 'USD', count: 5, A: '126', B: '201.6', Delta: '75.6', DeltaPercent: 60 },
    ]);
    expect(result.Remainder).toEqual([
      { BillingCurrency: 'USD', count: 2, A: '21', B: '21.1', Delta: '0.1', DeltaPercent: 0.48 },
    ]);
    expect(result.truncated).toBe(true);
    expect(result.cost).toMatchObject({ upstreamCalls: 2, usd: '0.02' });
  });

  test('warns of periods of different length', async () => {
    answerTotals(() => [{ keys: [S3], amount: '1' }]);
    const periodB = { ...after, end: day(after.end, 1) };
    const { notes } = await call(compareCostsContract, { periodA: before, periodB, ...own() });
    expect(notes.join(' ')).toMatch(/5 and 6 days/);
  });

  test('keeps currencies apart', async () => {
    answerTotals(({ Start }) => [
      { keys: [S3], amount: Start === before.start ? '1' : '2', currency: 'EUR' },
      { keys: [EC2], amount: Start === before.start ? '8' : '2', currency: 'USD' },
    ]);
    const { Total, currencies } = await call(compareCostsContract, {
      periodA: before,
      periodB: after,
      ...own(),
    });
    expect(currencies).toEqual(['EUR', 'USD']);
    expect(Total.map(({ Delta }) => Delta)).toEqual(['1', '-6']);
  });
});

describe('get_resource_costs', () => {
  const period = { start: day(TODAY, -5), end: day(TODAY, -3) };
  const filter = { dimension: 'ServiceName', in: [EC2] };

  test('gives the most expensive resources of a service over the whole period', async () => {
    world.proxy.answer('GetCostAndUsageWithResources', () => ({
      json: {
        ResultsByTime: dailyResults(period.start, [
          [
            { keys: ['i-0aaa'], amount: '1.5' },
            { keys: ['i-0bbb'], amount: '4' },
          ],
          [
            { keys: ['i-0aaa'], amount: '3.5' },
            { keys: ['NoResourceId'], amount: '0.25' },
          ],
        ]),
      },
    }));
    const result = await call(getResourceCostsContract, { period, filter, topN: 2, ...own() });
    expect(world.proxy.paid()[0]?.body).toEqual({
      TimePeriod: { Start: period.start, End: period.end },
      Granularity: 'DAILY',
      Metrics: ['UnblendedCost'],
      GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }],
      Filter: { Dimensions: { Key: 'SERVICE', Values: [EC2] } },
    });
    expect(result.rows.map((row) => [row.ResourceId, row.BilledCost, row['ServiceName']])).toEqual([
      ['i-0aaa', '5', EC2],
      ['i-0bbb', '4', EC2],
    ]);
    expect(result.Total).toEqual([{ BillingCurrency: 'USD', count: 3, BilledCost: '9.25' }]);
    expect(result.Remainder).toEqual([{ BillingCurrency: 'USD', count: 1, BilledCost: '0.25' }]);
  });

  test('asks nothing of AWS without an owner, or for longer ago than is kept', async () => {
    const refusals = [
      await world.refusal('get_resource_costs', { period }),
      await world.refusal('get_resource_costs', {
        period,
        filter: { dimension: 'RegionId', in: ['eu-west-1'] },
      }),
      await world.refusal('get_resource_costs', { period, filter: { or: [filter] } }),
      await world.refusal('get_resource_costs', {
        period: { start: day(TODAY, -15), end: TODAY },
        filter,
      }),
    ];
    expect(refusals.map(({ code, field }) => [code, field])).toEqual([
      ['INVALID_ARGUMENT', 'filter'],
      ['INVALID_ARGUMENT', 'filter'],
      ['INVALID_ARGUMENT', 'filter'],
      ['INVALID_ARGUMENT', 'period.start'],
    ]);
    expect(world.proxy.paid()).toEqual([]);
  });

  test('says so where the account has not switched it on', async () => {
    world.proxy.answer('GetCostAndUsageWithResources', () => ({
      status: 400,
      headers: { 'x-amzn-errortype': 'DataUnavailableException' },
      json: { __type: 'DataUnavailableException', message: 'x' },
    }));
    expect(await world.refusal('get_resource_costs', { period, filter, ...own() })).toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
});

describe('list_provider_anomalies', () => {
  const period = { start: day(TODAY, -30), end: TODAY };
  const anomaly = (id: string, start: string, impact: number, more: object = {}) => ({
    AnomalyId: id,
    AnomalyStartDate: `${start}T00:00:00Z`,
    AnomalyScore: { MaxScore: 0.9, CurrentScore: 0.5 },
    Impact: { MaxImpact: impact, TotalImpact: impact },
    MonitorArn: 'arn:aws:ce::123456789012:anomalymonitor/x',
    ...more,
  });

  test('normalises findings: end excluded, amounts as decimals, causes by their part', async () => {
    world.proxy.answer('GetAnomalies', ({ body }) => ({
      json:
        body['NextPageToken'] === undefined
          ? { Anomalies: [anomaly('small', day(TODAY, -3), 2.5)], NextPageToken: 'p2' }
          : {
              Anomalies: [
                anomaly('big', day(TODAY, -9), 123.45, {
                  AnomalyEndDate: `${day(TODAY, -8)}T00:00:00Z`,
                  DimensionValue: EC2,
                  Impact: {
                    MaxImpact: 100,
                    TotalImpact: 123.45,
                    TotalActualSpend: 223.45,
                    TotalExpectedSpend: 100,
                  },
                  RootCauses: [
                    { Service: EC2, Region: 'eu-west-1', Impact: { Contribution: 3.45 } },
                    {
                      Service: EC2,
                      Region: 'us-east-1',
                      LinkedAccount: '123456789012',
                      UsageType: 'BoxUsage:m5.large',
                      Impact: { Contribution: 120 },
                    },
                  ],
                }),
              ],
            },
    }));
    const connectionId = freshConnection();
    const result = await call(listProviderAnomaliesContract, { period, connectionId });
    expect(world.proxy.paid()[0]?.body['DateInterval']).toEqual({
      StartDate: period.start,
      EndDate: day(TODAY, -1),
    });
    expect(result.rows.map(({ AnomalyId }) => AnomalyId)).toEqual(['small', 'big']);
    expect(result.rows[0]).toMatchObject({ end: null, ActualCost: null, rootCauses: [] });
    expect(result.rows[1]).toMatchObject({
      start: day(TODAY, -9),
      end: day(TODAY, -7),
      subject: EC2,
      Impact: '123.45',
      ActualCost: '223.45',
      ExpectedCost: '100',
      BillingCurrency: 'USD',
      rootCauses: [
        { RegionId: 'us-east-1', SubAccountId: '123456789012', Impact: '120' },
        { RegionId: 'eu-west-1', SkuMeter: null, Impact: '3.45' },
      ],
    });
    const large = await call(listProviderAnomaliesContract, {
      period,
      minImpact: '100',
      connectionId,
    });
    expect(large.rows.map(({ AnomalyId }) => AnomalyId)).toEqual(['big']);
    expect(world.proxy.paid()).toHaveLength(2);
    expect(JSON.stringify(result)).not.toContain('arn:');
  });

  test('reach 90 days back', async () => {
    const refusal = await world.refusal('list_provider_anomalies', {
      period: { start: day(TODAY, -91), end: TODAY },
    });
    expect(refusal).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'period.start' });
    expect(world.proxy.paid()).toEqual([]);
  });
});

describe('list_recommendations', () => {
  const instance = (id: string, type: string) => ({
    ResourceId: id,
    InstanceName: `name of ${id}`,
    ResourceDetails: { EC2ResourceDetails: { InstanceType: type, Region: 'eu-central-1' } },
  });
  const target = (type: string, saving: string, more: object = {}) => ({
    EstimatedMonthlyCost: '1',
    EstimatedMonthlySavings: saving,
    CurrencyCode: 'USD',
    ResourceDetails: { EC2ResourceDetails: { InstanceType: type } },
    ...more,
  });

  beforeEach(() => {
    world.proxy.answer('GetRightsizingRecommendation', () => ({
      json: {
        Metadata: { LookbackPeriodInDays: 'THIRTY_DAYS' },
        RightsizingRecommendations: [
          {
            AccountId: '123456789012',
            CurrentInstance: {
              ...instance('i-0aaa', 'm5.xlarge'),
              ResourceUtilization: {
                EC2ResourceUtilization: { MaxCpuUtilizationPercentage: '14.2' },
              },
            },
            RightsizingType: 'MODIFY',
            FindingReasonCodes: ['CPU_OVER_PROVISIONED'],
            ModifyRecommendationDetail: {
              TargetInstances: [
                target('m5a.large', '99'),
                target('m5.large', '70.0800000000', {
                  DefaultTargetInstance: true,
                  PlatformDifferences: ['NETWORK_INTERFACE'],
                }),
              ],
            },
          },
          {
            AccountId: '123456789012',
            CurrentInstance: instance('i-0bbb', 't3.micro'),
            RightsizingType: 'TERMINATE',
            TerminateRecommendationDetail: { EstimatedMonthlySavings: '7.5', CurrencyCode: 'USD' },
          },
          {
            CurrentInstance: instance('i-0ccc', 't3.micro'),
            RightsizingType: 'MODIFY',
            ModifyRecommendationDetail: { TargetInstances: [] },
          },
        ],
      },
    }));
  });

  test('names what to do, what it saves, from what that was reckoned, and the risk', async () => {
    const { rows } = await call(listRecommendationsContract, { connectionId: freshConnection() });
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{22}$/) as string,
        category: 'rightsizing',
        kind: 'resize',
        ResourceId: 'i-0aaa',
        ResourceName: 'name of i-0aaa',
        ResourceType: 'AWS::EC2::Instance',
        RegionId: 'eu-central-1',
        SubAccountId: '123456789012',
        current: 'm5.xlarge',
        recommended: 'm5.large',
        MonthlySaving: '70.08',
        BillingCurrency: 'USD',
        basis: expect.stringContaining('last 30 days') as string,
        risk: 'medium',
        reasons: ['CPU_OVER_PROVISIONED', 'differs in NETWORK_INTERFACE'],
        source: 'AWS Cost Explorer rightsizing',
        x_CpuMaxPercent: '14.2',
        x_MemoryMaxPercent: null,
      },
      expect.objectContaining({
        category: 'idle',
        kind: 'terminate',
        recommended: null,
        MonthlySaving: '7.5',
        risk: 'high',
      }),
    ]);
  });

  test('can be limited to a category and a least saving', async () => {
    const connectionId = freshConnection();
    const idle = await call(listRecommendationsContract, { category: 'idle', connectionId });
    expect(idle.rows.map(({ ResourceId }) => ResourceId)).toEqual(['i-0bbb']);
    const large = await call(listRecommendationsContract, { minSaving: '70', connectionId });
    expect(large.rows.map(({ ResourceId }) => ResourceId)).toEqual(['i-0aaa']);
    expect(world.proxy.paid()).toHaveLength(1);
  });
});

// Moto has none of these and answers with a page of HTML.
test.each([
  [
    'get_resource_costs',
    {
      period: { start: day(TODAY, -2), end: TODAY },
      filter: { dimension: 'ServiceName', in: [EC2] },
    },
  ],
  ['list_provider_anomalies', { period: { start: day(TODAY, -2), end: TODAY } }],
  ['list_recommendations', {}],
])('%s against a server that does not know it fails cleanly', async (name, args) => {
  const refusal = await world.refusal(name, args);
  expect(refusal).toMatchObject({ code: 'UPSTREAM_FAILED' });
  expect(refusal.text).not.toMatch(/<|html/i);
});

test.each([
  ['GetAnomalies', 'list_provider_anomalies', { period: { start: day(TODAY, -2), end: TODAY } }],
  ['GetRightsizingRecommendation', 'list_recommendations', {}],
])('a refused %s names the permission', async (operation, name, args) => {
  world.proxy.answer(operation, () => ({
    status: 400,
    headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    json: { __type: 'AccessDeniedException', message: 'x' },
  }));
  expect(await world.refusal(name, { ...args, connectionId: freshConnection() })).toMatchObject({
    code: 'PERMISSION_MISSING',
    permission: `ce:${operation}`,
  });
});

test.each([
  ['GetAnomalies', { Anomalies: [{ AnomalyId: 'x' }] }, 'list_provider_anomalies'],
  ['GetAnomalies', {}, 'list_provider_anomalies'],
  [
    'GetRightsizingRecommendation',
    { RightsizingRecommendations: [{ RightsizingType: 'UPGRADE' }] },
    'list_recommendations',
  ],
  [
    'GetRightsizingRecommendation',
    {
      RightsizingRecommendations: [
        {
          RightsizingType: 'TERMINATE',
          CurrentInstance: { ResourceId: 'i' },
          TerminateRecommendationDetail: { EstimatedMonthlySavings: 'much' },
        },
      ],
    },
    'list_recommendations',
  ],
])('an answer of %s that lacks something is refused: %j', async (operation, json, name) => {
  world.proxy.answer(operation, () => ({ json }));
  const args =
    name === 'list_recommendations' ? {} : { period: { start: day(TODAY, -2), end: TODAY } };
  expect(await world.refusal(name, { ...args, connectionId: freshConnection() })).toMatchObject({
    code: 'UPSTREAM_FAILED',
    retryable: false,
  });
});
