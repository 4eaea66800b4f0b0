import type { CostRow } from '../../../core/mcp/costRow.ts';
import { findTagKey } from '../../../core/mcp/dimension.ts';
import { listDimensionValuesContract } from '../../../core/mcp/listDimensionValues.ts';
import { toCostAnswer, toCostPage } from '../costPage.ts';
import type { CursorSeal } from '../cursor.ts';
import { defineTool, type Tool } from '../defineTool.ts';
import type { CostSource } from './costSource.ts';
import { toSourceCall } from './sourceCall.ts';
import { toCostEnvelope } from './toCostEnvelope.ts';

const METRICS = ['BilledCost'] as const;

/** `list_dimension_values` as a grouped total, so that values come with their cost and share the cache of `query_costs`. */
export function createListDimensionValues(source: CostSource, seal: CursorSeal): Tool {
  return defineTool(listDimensionValuesContract, async (input, call) => {
    const page = seal.page(listDimensionValuesContract.name, input, call.tenant);
    const { dimension, period, filter, search } = input;
    const sourceCall = toSourceCall(input, call);
    const found = await source.costs(
      { period, granularity: 'TOTAL', metrics: METRICS, groupBy: [dimension], filter },
      sourceCall,
    );
    const valueOf = valueReader(dimension);
    const matching = found.rows.filter((row) => contains(valueOf(row), search));
    const answer = toCostAnswer(matching, METRICS, 'cost');
    const { rows: shown, ...paging } = toCostPage(answer, METRICS, page);
    return {
      rows: shown.map((row) => ({
        value: valueOf(row),
        BillingCurrency: row.BillingCurrency,
        BilledCost: row.BilledCost ?? '0',
      })),
      ...paging,
      ...toCostEnvelope(source, sourceCall, found, answer, period),
    };
  });
}

function valueReader(dimension: string): (row: CostRow) => string | null {
  const tag = findTagKey(dimension);
  return (row) => {
    const value = tag === undefined ? row[dimension] : row.Tags?.[tag];
    return typeof value === 'string' ? value : null;
  };
}

const contains = (value: string | null, search: string | undefined): boolean =>
  search === undefined || (value ?? '').toLowerCase().includes(search.toLowerCase());
