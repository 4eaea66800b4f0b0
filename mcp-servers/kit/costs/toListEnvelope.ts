import type { CallCost, SourceStatus } from '../../../core/mcp/envelope.ts';
import type { CostSource, FoundList } from './costSource.ts';
import type { SourceCall } from './sourceCall.ts';

interface ListEnvelope {
  dataAsOf: string;
  sources: SourceStatus[];
  cost: CallCost;
  notes: string[];
}

/** The envelope of a list, without what depends on the page. */
export function toListEnvelope(
  source: CostSource,
  call: SourceCall,
  { asOf, sources, notes }: FoundList<unknown>,
): ListEnvelope {
  return {
    dataAsOf: asOf.toISOString(),
    sources,
    cost: source.cost(call),
    notes: [...notes],
  };
}
