import { compareCostsContract, type CompareCostsInput } from '../../../core/mcp/compareCosts.ts';
import type { SourceStatus } from '../../../core/mcp/envelope.ts';
import type { Period } from '../../../core/mcp/period.ts';
import { daysBetween } from '../../../core/time/day.ts';
import { compareRows, toComparison } from '../comparison.ts';
import { defineTool, type Tool } from '../defineTool.ts';
import type { CostSource, FoundCosts } from './costSource.ts';
import { toSourceCall } from './sourceCall.ts';
import { costNotes } from './toCostEnvelope.ts';

/** `compare_costs` as two grouped totals, which share the cache of `query_costs`. */
export function createCompareCosts(source: CostSource): Tool {
  return defineTool(compareCostsContract, async (input, call) => {
    const { groupBy, filter, metric } = input;
    const sourceCall = toSourceCall(input, call);
    const ask = (period: Period) =>
      source.costs(
        { period, granularity: 'TOTAL', metrics: [metric], groupBy, filter },
        sourceCall,
      );
    const [a, b] = [await ask(input.periodA), await ask(input.periodB)];
    const comparison = toComparison(compareRows(a.rows, b.rows, metric), input.topN);
    return {
      ...comparison,
      derivedColumns: [...new Set([...a.derivedColumns, ...b.derivedColumns])],
      dataAsOf: (a.asOf < b.asOf ? a.asOf : b.asOf).toISOString(),
      sources: worst([...a.sources, ...b.sources]),
      cost: source.cost(sourceCall),
      currencies: comparison.Total.map(({ BillingCurrency }) => BillingCurrency),
      notes: notesOn(input, a, b),
    };
  });
}

const BADNESS = { ok: 0, stale: 1, failed: 2 } as const satisfies Record<
  SourceStatus['status'],
  number
>;

/** Each connection once, as it did in the worse of the two answers. */
function worst(statuses: readonly SourceStatus[]): SourceStatus[] {
  const byId = new Map<string, SourceStatus>();
  for (const status of statuses) {
    const known = byId.get(status.connectionId);
    if (!known || BADNESS[status.status] > BADNESS[known.status]) {
      byId.set(status.connectionId, status);
    }
  }
  return [...byId.values()];
}

function notesOn(input: CompareCostsInput, a: FoundCosts, b: FoundCosts): string[] {
  const isEmpty = a.rows.length === 0 && b.rows.length === 0;
  const notes = new Set([
    ...costNotes(a, input.periodA, isEmpty),
    ...costNotes(b, input.periodB, isEmpty),
  ]);
  const [before, after] = [a, b].map(({ period }) => daysBetween(period.start, period.end));
  if (before !== after) {
    notes.add(
      `The periods have ${before} and ${after} days, so part of the difference is their length.`,
    );
  }
  return [...notes];
}
