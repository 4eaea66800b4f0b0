import { addMonths, firstOfMonth } from '../../core/time/month.ts';
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

/** A page of GetCostAndUsage by month grouped by LINKED_ACCOUNT: each of the accounts has costs in each month. */
export function accountResults(
  { Start, End }: { Start: string; End: string },
  accountIds: readonly string[],
) {
  const months = [];
  for (let start = Start; start < End; start = addMonths(firstOfMonth(start), 1)) {
    const next = addMonths(firstOfMonth(start), 1);
    months.push({
      TimePeriod: { Start: start, End: next < End ? next : End },
      Total: {},
      Groups: accountIds.map((id) => ({
        Keys: [id],
        Metrics: { UnblendedCost: { Amount: '100', Unit: 'USD' } },
      })),
      Estimated: next >= End,
    });
  }
  return {
    GroupDefinitions: [{ Type: 'DIMENSION', Key: 'LINKED_ACCOUNT' }],
    ResultsByTime: months,
    DimensionValueAttributes: [],
  };
}
