import type { z } from 'zod';
import type { CostEnvelope, SourceStatus } from '../../../core/mcp/envelope.ts';
import type { Period } from '../../../core/mcp/period.ts';
import type { CostAnswer } from '../costPage.ts';
import type { CostSource, FoundCosts } from './costSource.ts';
import type { SourceCall } from './sourceCall.ts';

type Envelope = { [Key in keyof typeof CostEnvelope]: z.input<(typeof CostEnvelope)[Key]> };

/** The envelope of a cost result, without what depends on the page. */
export function toCostEnvelope(
  source: CostSource,
  call: SourceCall,
  found: FoundCosts,
  answer: CostAnswer,
  requested: Period,
): Omit<Envelope, 'Total' | 'Remainder' | 'truncated'> {
  return {
    dataAsOf: found.asOf.toISOString(),
    sources: found.sources,
    cost: source.cost(call),
    period: { requested, actual: found.period },
    provisionalFrom: found.provisionalFrom,
    currencies: answer.totals.map(({ BillingCurrency }) => BillingCurrency),
    notes: costNotes(found, requested, answer.rows.length === 0),
  };
}

/** What a reader should know of a cost result. */
export function costNotes(found: FoundCosts, requested: Period, isEmpty: boolean): string[] {
  const notes = [...(found.notes ?? [])];
  if (found.period.end !== requested.end) {
    notes.push(`The period was cut at ${found.period.end}: there are no costs of days to come.`);
  }
  if (found.sources.some(isStale)) {
    notes.push('Today’s budget of provider requests is used up, so this answer is an older one.');
  }
  if (isEmpty) {
    notes.push(
      'No costs match. Check the filter’s values with a query that groups by the same dimension, or take a longer period.',
    );
  }
  return notes;
}

const isStale = ({ status }: SourceStatus): boolean => status === 'stale';
