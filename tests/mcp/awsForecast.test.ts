import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays, utcDay } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import { freshConnection, startAwsWorld, type AwsWorld } from './awsWorld.ts';

const TODAY = utcDay(new Date());
const TOMORROW = addDays(TODAY, 1);
const EC2 = 'Amazon Elastic Compute Cloud - Compute';

let world: AwsWorld;

beforeAll(async () => {
  world = await startAwsWorld();
  return () => world.close();
});

beforeEach(() => {
  world.proxy.clear();
});

/** A stub: moto has no GetCostForecast. Its shape is that of botocore's model of Cost Explorer. */
function answerForecast(spans: readonly { start: string; end: string; mean: string }[]): void {
  world.proxy.answer('GetCostForecast', () => ({
    json: {
      Total: { Amount: '1', Unit: 'USD' },
      ForecastResultsByTime: spans.map(({ start, end, mean }) => ({
        TimePeriod: { Start: start, End: end },
        MeanValue: mean,
        PredictionIntervalLowerBound: '0.5',
        PredictionIntervalUpperBound: '9.5',
      })),
    },
  }));
}

const daysFromToday = (count: number, mean = '1.0000000001') =>
  Array.from({ length: count }, (_, i) => ({
    start: addDays(TODAY, i),
    end: addDays(TODAY, i + 1),
    mean,
  }));

describe('a period that begins tomorrow', () => {
  const period = { start: TOMORROW, end: addDays(TODAY, 4) };

  test('is answered with AWS’s own forecast, marked as such, for one paid request', async () => {
    answerForecast(daysFromToday(4));
    const args = { period, connectionIds: [freshConnection()] };
    const answer = await world.costs(args);
    expect(answer.rows).toHaveLength(3);
    expect(answer.rows[0]).toEqual({
      ChargePeriodStart: `${TOMORROW}T00:00:00Z`,
      ChargePeriodEnd: `${addDays(TODAY, 2)}T00:00:00Z`,
      ProviderName: 'AWS',
      BillingCurrency: 'USD',
      BilledCost: '1.0000000001',
      x_Estimated: true,
      x_Forecast: true,
      x_LowerBound: '0.5',
      x_UpperBound: '9.5',
    });
    expect(answer.Total).toEqual([
      { BillingCurrency: 'USD', count: 3, BilledCost: '3.0000000003' },
    ]);
    expect(answer.notes.join()).toContain("AWS's own forecast");
    await world.costs(args);
    expect(world.proxy.paid()).toHaveLength(1);
    expect(world.proxy.paid()[0]?.body).toEqual({
      TimePeriod: { Start: TODAY, End: period.end },
      Granularity: 'DAILY',
      Metric: 'UNBLENDED_COST',
      PredictionIntervalLevel: 80,
    });
  });

  test('as a total is the exact sum of its days', async () => {
    answerForecast(daysFromToday(4));
    const { rows } = await world.costs({
      period,
      granularity: 'TOTAL',
      metrics: ['EffectiveCost'],
      filter: { dimension: 'ServiceName', in: [EC2] },
      connectionIds: [freshConnection()],
    });
    expect(rows).toEqual([expect.objectContaining({ EffectiveCost: '3.0000000003' })]);
    expect(rows[0]).not.toHaveProperty('x_LowerBound');
    expect(world.proxy.paid()[0]?.body).toMatchObject({
      Metric: 'AMORTIZED_COST',
      Filter: { Dimensions: { Key: 'SERVICE', Values: [EC2] } },
    });
  });

  test.each([
    [{ groupBy: ['ServiceName'] }, 'UNSUPPORTED', 'groupBy'],
    [{ granularity: 'HOUR' }, 'UNSUPPORTED', 'granularity'],
    [{ metrics: ['BilledCost', 'EffectiveCost'] }, 'UNSUPPORTED', 'metrics'],
    [{ period: { start: TOMORROW, end: addDays(TODAY, 120) } }, 'INVALID_ARGUMENT', 'period.end'],
    [
      { granularity: 'MONTH', period: { start: TOMORROW, end: addDays(TODAY, 40) } },
      'INVALID_ARGUMENT',
      'period',
    ],
  ])('%j is refused before it costs anything', async (args, code, field) => {
    const refusal = await world.refusal('query_costs', { period, ...args });
    expect(refusal).toMatchObject({ code, field });
    expect(world.proxy.paid()).toEqual([]);
  });

  test('with other days in the answer is refused', async () => {
    answerForecast(daysFromToday(3));
    const refusal = await world.refusal('query_costs', {
      period,
      connectionIds: [freshConnection()],
    });
    expect(refusal).toMatchObject({ code: 'UPSTREAM_FAILED', retryable: false });
  });

  test('without the permission names it', async () => {
    world.proxy.answer('GetCostForecast', () => ({
      status: 400,
      headers: { 'x-amzn-errortype': 'AccessDeniedException' },
      json: { __type: 'AccessDeniedException', message: 'x' },
    }));
    expect(
      await world.refusal('query_costs', { period, connectionIds: [freshConnection()] }),
    ).toMatchObject({ code: 'PERMISSION_MISSING', permission: 'ce:GetCostForecast' });
  });
});

test('months are forecast from the next one on', async () => {
  const next = addMonths(TODAY, 1);
  const after = addMonths(TODAY, 2);
  answerForecast([
    { start: TODAY, end: next, mean: '10' },
    { start: next, end: after, mean: '31.5' },
  ]);
  const { rows } = await world.costs({
    period: { start: next, end: after },
    granularity: 'MONTH',
    connectionIds: [freshConnection()],
  });
  expect(rows.map(({ BilledCost }) => BilledCost)).toEqual(['31.5']);
  expect(world.proxy.paid()[0]?.body).toMatchObject({ Granularity: 'MONTHLY' });
});
