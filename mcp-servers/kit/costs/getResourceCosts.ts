import type { CostRow } from '../../../core/mcp/costRow.ts';
import { getResourceCostsContract, type ResourceRow } from '../../../core/mcp/getResourceCosts.ts';
import { toCostAnswer, toCostPage } from '../costPage.ts';
import { defineTool, type Tool } from '../defineTool.ts';
import type { CostSource } from './costSource.ts';
import { toSourceCall } from './sourceCall.ts';
import { toCostEnvelope } from './toCostEnvelope.ts';

const METRICS = ['BilledCost'] as const;

/** `get_resource_costs` on any source that tells resources apart. */
export function createGetResourceCosts(source: CostSource): Tool {
  return defineTool(getResourceCostsContract, async (input, call) => {
    const { period, filter, topN } = input;
    const sourceCall = toSourceCall(input, call);
    const found = await source.costs(
      { period, granularity: 'TOTAL', metrics: METRICS, groupBy: [], filter, byResource: true },
      sourceCall,
    );
    const answer = toCostAnswer(found.rows, METRICS, 'cost');
    const top = { limit: topN, position: undefined, seal: () => '' };
    const { rows, Total, Remainder, truncated } = toCostPage(answer, METRICS, top);
    return {
      rows: rows.map(toResourceRow),
      Total,
      Remainder,
      truncated,
      ...toCostEnvelope(source, sourceCall, found, answer, period),
    };
  });
}

function toResourceRow({ ResourceId, BilledCost = '0', Tags, ...row }: CostRow): ResourceRow {
  return {
    ResourceName: null,
    ResourceType: null,
    ...row,
    ResourceId: ResourceId ?? null,
    Tags: Object.fromEntries(
      Object.entries(Tags ?? {}).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
    ),
    BilledCost,
  };
}
