import type { ComparisonRow, ComparisonSum } from '../../core/mcp/compareCosts.ts';
import type { CostRow } from '../../core/mcp/costRow.ts';
import type { CostMetric } from '../../core/mcp/metric.ts';
import { compareMoney, money, subtractMoney, sumDecimals } from '../../core/money/money.ts';
import { percentChange } from '../../core/money/percentChange.ts';

/** The costs of one group before (A) and after (B). */
export interface ComparedGroup {
  /** The grouped columns. */
  columns: Record<string, unknown>;
  currency: string;
  a: string;
  b: string;
}

/** Pairs the rows of two totals by their columns; a group that one side lacks costs 0 there. */
export function compareRows(
  before: readonly CostRow[],
  after: readonly CostRow[],
  metric: CostMetric,
): ComparedGroup[] {
  const groups = new Map<string, ComparedGroup>();
  const add = (rows: readonly CostRow[], side: 'a' | 'b'): void => {
    for (const row of rows) {
      const columns = groupColumns(row, metric);
      const key = JSON.stringify([row.BillingCurrency, columns]);
      const group = groups.get(key) ?? { columns, currency: row.BillingCurrency, a: '0', b: '0' };
      groups.set(key, { ...group, [side]: row[metric] ?? '0' });
    }
  };
  add(before, 'a');
  add(after, 'b');
  return [...groups.values()];
}

/** The comparison that is shown: the largest changes, the rest summed, and all of it, in each currency. */
export function toComparison(
  groups: readonly ComparedGroup[],
  topN: number,
): {
  rows: ComparisonRow[];
  Total: ComparisonSum[];
  Remainder: ComparisonSum[];
  truncated: boolean;
} {
  const totals = sumGroups(groups);
  const ordered = groups
    .map((group) => ({ group, delta: deltaOf(group), key: JSON.stringify(group.columns) }))
    .sort((x, y) => compareMoney(absolute(y.delta), absolute(x.delta)) || (x.key < y.key ? -1 : 1));
  const shown = ordered.slice(0, topN);
  return {
    rows: shown.map(({ group }) => toRow(group, totals)),
    Total: totals,
    Remainder: sumGroups(ordered.slice(topN).map(({ group }) => group)),
    truncated: shown.length < ordered.length,
  };
}

function toRow(group: ComparedGroup, totals: readonly ComparisonSum[]): ComparisonRow {
  const total = totals.find(({ BillingCurrency }) => BillingCurrency === group.currency);
  const amounts = toAmounts(group);
  return {
    ...group.columns,
    ...amounts,
    ShareOfDelta: shareOf(amounts.Delta, total?.Delta ?? '0'),
    isNew: isZero(group.a) && !isZero(group.b),
    isGone: !isZero(group.a) && isZero(group.b),
  };
}

function sumGroups(groups: readonly ComparedGroup[]): ComparisonSum[] {
  const currencies = [...new Set(groups.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const own = groups.filter((group) => group.currency === currency);
    const [a, b] = [sumDecimals(own.map((g) => g.a)), sumDecimals(own.map((g) => g.b))];
    return { ...toAmounts({ currency, a, b }), count: own.length };
  });
}

function toAmounts(group: Omit<ComparedGroup, 'columns'>) {
  return {
    BillingCurrency: group.currency,
    A: group.a,
    B: group.b,
    Delta: deltaOf(group),
    DeltaPercent: percentChange(group.a, group.b),
  };
}

function groupColumns(row: CostRow, metric: CostMetric): Record<string, unknown> {
  const notGrouped = [
    'ChargePeriodStart',
    'ChargePeriodEnd',
    'BillingCurrency',
    'x_Estimated',
    metric,
  ];
  return Object.fromEntries(Object.entries(row).filter(([name]) => !notGrouped.includes(name)));
}

const deltaOf = ({ a, b, currency }: Omit<ComparedGroup, 'columns'>): string =>
  subtractMoney(money(b, currency), money(a, currency)).amount;

const isZero = (amount: string): boolean => compareMoney(money(amount, ''), money('0', '')) === 0;

const absolute = (amount: string) => money(amount.replace(/^-/, ''), '');

/** A part in percent of the whole, to two decimals; null where the whole is nothing. */
function shareOf(part: string, whole: string): number | null {
  const change = percentChange(whole, sumDecimals([whole, part]));
  // The change is reckoned from the size of the whole; a negative whole turns the sign.
  if (change === null || change === 0) return change;
  return whole.startsWith('-') ? -change : change;
}
