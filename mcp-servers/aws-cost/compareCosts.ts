import { compareCostsContract, type CompareCostsInput } from '../../core/mcp/compareCosts.ts';
import type { Period } from '../../core/mcp/period.ts';
import { compareRows, toComparison } from '../kit/comparison.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import { askCosts, costNotes, toSourceCall, type AskedCosts } from './askCosts.ts';
import { toSourceStatus, type AwsSource } from './awsSource.ts';
import { toCostRequest } from './toCostRequest.ts';
import { toCostRows, type CostRows } from './toCostRows.ts';

const DAY_MS = 86_400_000;

/** `compare_costs` as two totals, each of which shares the cache of `query_costs`. */
export function createCompareCosts(source: AwsSource, now: () => Date): Tool {
  return defineTool(compareCostsContract, async (input, call) => {
    const sourceCall = toSourceCall(input, call);
    const side = async (period: Period): Promise<AskedCosts & CostRows> => {
      const { groupBy, filter, metric } = input;
      const question = {
        period,
        granularity: 'TOTAL' as const,
        metrics: [metric],
        groupBy,
        filter,
      };
      const found = await askCosts(source, toCostRequest(question, now()), sourceCall, now);
      const metrics = found.asked.metrics.filter((asked) => asked === metric);
      const rows = toCostRows(
        found.costs.cells,
        { ...question, period: found.asked.period },
        metrics,
      );
      return { ...found, ...rows };
    };
    const [a, b] = [await side(input.periodA), await side(input.periodB)];
    const comparison = toComparison(compareRows(a.rows, b.rows, input.metric), input.topN);
    return {
      ...comparison,
      derivedColumns: [...new Set([...a.derivedColumns, ...b.derivedColumns])],
      dataAsOf: (a.asOf < b.asOf ? a.asOf : b.asOf).toISOString(),
      sources: [toSourceStatus(sourceCall.connectionId, a.stale || b.stale)],
      cost: source.cost(sourceCall),
      currencies: comparison.Total.map(({ BillingCurrency }) => BillingCurrency),
      notes: notesOn(input, a, b),
    };
  });
}

function notesOn(
  input: CompareCostsInput,
  a: AskedCosts & CostRows,
  b: AskedCosts & CostRows,
): string[] {
  const empty = a.rows.length === 0 && b.rows.length === 0;
  const notes = new Set([
    ...costNotes({ asked: a.asked.period, requested: input.periodA, stale: a.stale, empty }),
    ...costNotes({ asked: b.asked.period, requested: input.periodB, stale: b.stale, empty }),
  ]);
  const [before, after] = [daysOf(a.asked.period), daysOf(b.asked.period)];
  if (before !== after) {
    notes.add(
      `The periods have ${before} and ${after} days, so part of the difference is their length.`,
    );
  }
  return [...notes];
}

const daysOf = ({ start, end }: Period): number => (Date.parse(end) - Date.parse(start)) / DAY_MS;
