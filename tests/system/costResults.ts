import { addDays } from '../../core/time/day.ts';

/** One group of a GetCostAndUsage answer: what a day of it costs. */
export interface CostMeter {
  service: string;
  usageType: string;
  unit: string;
  /** Decimal strings, by day. */
  costOn: (day: string) => string;
  quantityOn: (day: string) => string;
}

/**
 * A page of GetCostAndUsage grouped by SERVICE and USAGE_TYPE, in the shape of the API reference, for moto's queue.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
 */
export function costResults(from: string, to: string, meters: readonly CostMeter[]) {
  const days: string[] = [];
  for (let day = from; day < to; day = addDays(day, 1)) days.push(day);
  return {
    GroupDefinitions: [
      { Type: 'DIMENSION', Key: 'SERVICE' },
      { Type: 'DIMENSION', Key: 'USAGE_TYPE' },
    ],
    ResultsByTime: days.map((day) => ({
      TimePeriod: { Start: day, End: addDays(day, 1) },
      Total: {},
      Groups: meters.map((meter) => ({
        Keys: [meter.service, meter.usageType],
        Metrics: metricsOn(meter, day),
      })),
      Estimated: false,
    })),
    DimensionValueAttributes: [],
  };
}

function metricsOn(meter: CostMeter, day: string) {
  const cost = { Amount: meter.costOn(day), Unit: 'USD' };
  return {
    UnblendedCost: cost,
    NetAmortizedCost: cost,
    AmortizedCost: cost,
    UsageQuantity: { Amount: meter.quantityOn(day), Unit: meter.unit },
  };
}

/** A page of GetCostAndUsage by month grouped by LINKED_ACCOUNT: who has costs in this month and the two before. */
export function accountResults(today: string, accountId: string) {
  const end = addDays(today, 1);
  const month = (back: number) =>
    new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1 - back, 1))
      .toISOString()
      .slice(0, 10);
  return {
    GroupDefinitions: [{ Type: 'DIMENSION', Key: 'LINKED_ACCOUNT' }],
    ResultsByTime: [2, 1, 0].map((back) => ({
      TimePeriod: { Start: month(back), End: back === 0 ? end : month(back - 1) },
      Total: {},
      Groups: [{ Keys: [accountId], Metrics: { UnblendedCost: { Amount: '100', Unit: 'USD' } } }],
      Estimated: back === 0,
    })),
    DimensionValueAttributes: [],
  };
}
