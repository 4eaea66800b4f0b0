import { COST_METRICS, type CostMetric, type Metric } from '../../core/mcp/metric.ts';
import type { CostRow, CostSum } from '../../core/mcp/costRow.ts';
import { compareMoney, subtractMoney, sumDecimals } from '../../core/money/money.ts';
import { expired, fingerprint, type Page } from './cursor.ts';

/** A whole answer, in order, with what its rows come to. */
export interface CostAnswer {
  rows: readonly CostRow[];
  totals: CostSum[];
  /** Fingerprint of the rows; another answer to the same request has another. */
  version: string;
}

/** One page of an answer, as far as the envelope needs it. */
export interface CostPage {
  rows: CostRow[];
  Total: CostSum[];
  Remainder: CostSum[];
  nextCursor?: string;
  truncated: boolean;
}

// 256 kB a result: the rest is left to the envelope and the text.
const PAGE_BYTES_MAX = 200_000;

/**
 * Orders rows and sums them: by time and then their columns, or with the largest amount of `metric` first. Equal rows in
 * another order give the same answer and the same fingerprint.
 */
export function toCostAnswer(
  rows: readonly CostRow[],
  metrics: readonly Metric[],
  orderBy: 'time' | 'cost',
): CostAnswer {
  const costs = metrics.filter(isCostMetric);
  const keyed = rows.map((row) => ({ row, key: sortKey(row) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const [metric] = costs;
  if (orderBy === 'cost' && metric) keyed.sort((a, b) => byAmount(a.row, b.row, metric));
  const ordered = keyed.map(({ row }) => row);
  return { rows: ordered, totals: sumRows(ordered, costs), version: fingerprint(ordered) };
}

/**
 * Cuts one page out of an answer. Whatever the page holds, its rows and `Remainder` come to `Total` exactly, in each
 * currency. A page ends at `limit` rows or 200 kB.
 *
 * @throws ToolError `CURSOR_EXPIRED` when the position is one of another answer
 */
export function toCostPage(
  answer: CostAnswer,
  metrics: readonly Metric[],
  { limit, position, seal }: Page,
): CostPage {
  if (position && position.version !== answer.version) throw expired();
  const offset = position?.offset ?? 0;
  const rows = takeBytes(answer.rows.slice(offset, offset + limit));
  const end = offset + rows.length;
  const costs = metrics.filter(isCostMetric);
  return {
    rows,
    Total: answer.totals,
    Remainder: subtractSums(answer.totals, sumRows(rows, costs)),
    ...(end < answer.rows.length
      ? { nextCursor: seal({ offset: end, version: answer.version }) }
      : {}),
    truncated: rows.length < answer.rows.length,
  };
}

const isCostMetric = (metric: Metric): metric is CostMetric => metric !== 'ConsumedQuantity';

const COLUMNS = [
  'ChargePeriodStart',
  'BillingCurrency',
  'SubAccountId',
  'ServiceName',
  'ServiceCategory',
  'RegionId',
  'ResourceId',
  'ChargeCategory',
  'PricingCategory',
  'SkuId',
  'SkuMeter',
  'ConsumedUnit',
] as const;

// A control character keeps the parts apart: names have none.
const sortKey = (row: CostRow): string =>
  [
    ...COLUMNS.map((column) => row[column] ?? ''),
    JSON.stringify(row.Tags ?? {}),
    ...providerColumns(row),
  ].join('\u0001');

/** The provider's own columns, without which rows that differ in them only would have no order. */
function providerColumns(row: CostRow): string[] {
  const names = Object.keys(row).filter((name) => name.startsWith('x_') && name !== 'x_Estimated');
  return names.sort().map((name) => `${name}=${String(row[name])}`);
}

function byAmount(a: CostRow, b: CostRow, metric: CostMetric): number {
  const [left, right] = [a[metric] ?? '0', b[metric] ?? '0'];
  // Rounding to a number keeps the order; only ties need the exact comparison.
  const difference = Number(right) - Number(left);
  if (difference !== 0) return difference;
  return compareMoney({ amount: right, currency: '' }, { amount: left, currency: '' });
}

/** Sums rows for each currency, in the order of the currency's code. */
function sumRows(rows: readonly CostRow[], costs: readonly CostMetric[]): CostSum[] {
  const groups = new Map<string, CostRow[]>();
  for (const row of rows) {
    const group = groups.get(row.BillingCurrency);
    if (group) group.push(row);
    else groups.set(row.BillingCurrency, [row]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([BillingCurrency, group]) => ({
      BillingCurrency,
      count: group.length,
      ...Object.fromEntries(
        costs.map((metric) => [metric, sumDecimals(group.map((row) => row[metric] ?? '0'))]),
      ),
    }));
}

function subtractSums(totals: readonly CostSum[], parts: readonly CostSum[]): CostSum[] {
  return totals.flatMap((total) => {
    const part = parts.find(({ BillingCurrency }) => BillingCurrency === total.BillingCurrency);
    if (!part) return [total];
    if (part.count === total.count) return [];
    return [{ ...total, count: total.count - part.count, ...subtractAmounts(total, part) }];
  });
}

function subtractAmounts(total: CostSum, part: CostSum): Partial<CostSum> {
  const currency = total.BillingCurrency;
  return Object.fromEntries(
    COST_METRICS.flatMap((metric) => {
      const [whole, taken] = [total[metric], part[metric]];
      if (whole === undefined || taken === undefined) return [];
      const left = subtractMoney({ amount: whole, currency }, { amount: taken, currency });
      return [[metric, left.amount]];
    }),
  );
}

function takeBytes(rows: CostRow[]): CostRow[] {
  let bytes = 0;
  const end = rows.findIndex((row) => {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    return bytes > PAGE_BYTES_MAX;
  });
  // At least one row, or paging would never end.
  return end === -1 ? rows : rows.slice(0, Math.max(1, end));
}
