import type { CostRecord } from '../focus/costRecord.ts';
import { sumDecimals } from '../money/money.ts';
import { addDays, daysBetween } from '../time/day.ts';
import { addMonths } from '../time/month.ts';
import type {
  CeDimension,
  CeExpression,
  CeMetric,
  CostAndUsageRequest,
} from './costExplorerRequest.ts';

interface MetricValue {
  Amount: string;
  Unit: string;
}

type Metrics = Partial<Record<CeMetric, MetricValue>>;

interface Group {
  Keys: string[];
  Metrics: Metrics;
}

/** The costs of one day or month. */
export interface ResultByTime {
  TimePeriod: { Start: string; End: string };
  Total: Metrics;
  Groups: Group[];
  Estimated: boolean;
}

const CURRENCY = 'USD';
const ESTIMATED_DAYS = 3;

/**
 * The whole answer to a GetCostAndUsage request from the account's rows of that period. As in Cost Explorer, a grouped
 * answer has groups and no totals, months at the ends are cut to the period, and usage of several units has the unit `N/A`.
 */
export function answerCostAndUsage(
  request: CostAndUsageRequest,
  rows: Iterable<CostRecord>,
  today: string,
): ResultByTime[] {
  const results = new Map(
    periodsOf(request).map((period) => [period.Start, { period, rows: [] as CostRecord[] }]),
  );
  const starts = [...results.keys()];
  for (const row of rows) {
    if (request.Filter !== undefined && !matches(row, request.Filter)) continue;
    const day = row.chargePeriodStart.slice(0, 10);
    const start = starts.findLast((candidate) => candidate <= day);
    if (start !== undefined) results.get(start)?.rows.push(row);
  }
  return [...results.values()].map(({ period, rows: found }) => {
    const isGrouped = (request.GroupBy ?? []).length > 0;
    return {
      TimePeriod: period,
      Total: isGrouped ? {} : measure(found, request.Metrics),
      Groups: isGrouped ? groupsOf(found, request) : [],
      Estimated: daysBetween(period.End, today) < ESTIMATED_DAYS,
    };
  });
}

function periodsOf({ TimePeriod, Granularity }: CostAndUsageRequest): ResultByTime['TimePeriod'][] {
  const periods = [];
  for (let start = TimePeriod.Start; start < TimePeriod.End;) {
    const next = Granularity === 'DAILY' ? addDays(start, 1) : addMonths(start, 1);
    const end = next < TimePeriod.End ? next : TimePeriod.End;
    periods.push({ Start: start, End: end });
    start = end;
  }
  return periods;
}

function groupsOf(rows: CostRecord[], { GroupBy = [], Metrics }: CostAndUsageRequest): Group[] {
  const groups = new Map<string, { Keys: string[]; rows: CostRecord[] }>();
  for (const row of rows) {
    const keys = GroupBy.map(({ Key }) => valueOf(row, Key));
    const id = JSON.stringify(keys);
    const group = groups.get(id) ?? { Keys: keys, rows: [] };
    group.rows.push(row);
    groups.set(id, group);
  }
  return [...groups.values()]
    .map((group) => ({ Keys: group.Keys, Metrics: measure(group.rows, Metrics) }))
    .sort((a, b) => (a.Keys.join('\n') < b.Keys.join('\n') ? -1 : 1));
}

function measure(rows: CostRecord[], metrics: readonly CeMetric[]): Metrics {
  return Object.fromEntries(metrics.map((metric) => [metric, valueOfMetric(rows, metric)]));
}

function valueOfMetric(rows: CostRecord[], metric: CeMetric): MetricValue {
  if (metric !== 'UsageQuantity') {
    return { Amount: sumDecimals(rows.map((row) => row.billedCost)), Unit: CURRENCY };
  }
  const units = new Set(rows.map((row) => row.consumedUnit));
  const [unit] = units;
  return {
    Amount: sumDecimals(rows.map((row) => row.consumedQuantity ?? '0')),
    Unit: units.size === 1 && unit ? unit : 'N/A',
  };
}

function matches(row: CostRecord, filter: CeExpression): boolean {
  if (filter.And) return filter.And.every((part) => matches(row, part));
  if (filter.Or) return filter.Or.some((part) => matches(row, part));
  if (filter.Not) return !matches(row, filter.Not);
  return filter.Dimensions?.Values.includes(valueOf(row, filter.Dimensions.Key)) ?? true;
}

function valueOf(row: CostRecord, dimension: CeDimension): string {
  switch (dimension) {
    case 'SERVICE':
      return row.serviceName;
    case 'USAGE_TYPE':
      return row.skuMeter ?? 'NoUsageType';
    case 'REGION':
      return row.regionId ?? 'global';
    case 'LINKED_ACCOUNT':
      return row.subAccountId ?? '';
    case 'RECORD_TYPE':
      return row.chargeCategory === 'Purchase' ? 'Fee' : row.chargeCategory;
    case 'PURCHASE_TYPE':
      return row.pricingCategory === 'Dynamic' ? 'Spot Instances' : 'On Demand Instances';
  }
}
