import type { CostRow } from '../../core/mcp/costRow.ts';
import { findTagKey } from '../../core/mcp/dimension.ts';
import { listDimensionValuesContract } from '../../core/mcp/listDimensionValues.ts';
import { toCostAnswer, toCostPage } from '../kit/costPage.ts';
import type { CursorSeal } from '../kit/cursor.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import { askCosts, toCostEnvelope, toSourceCall } from './askCosts.ts';
import type { AwsSource } from './awsSource.ts';
import { toCostRequest, type CostQuestion } from './toCostRequest.ts';
import { toCostRows } from './toCostRows.ts';

const METRICS = ['BilledCost'] as const;

/**
 * `list_dimension_values` as a grouped total, so that values come with their cost and share the cache of `query_costs`;
 * GetDimensionValues would need another permission and name values that cost nothing.
 */
export function createListDimensionValues(
  source: AwsSource,
  seal: CursorSeal,
  now: () => Date,
): Tool {
  return defineTool(listDimensionValuesContract, async (input, call) => {
    const page = seal.page(listDimensionValuesContract.name, input, call.tenant);
    const { dimension, period, filter, search } = input;
    const query: CostQuestion = {
      period,
      granularity: 'TOTAL',
      metrics: [...METRICS],
      groupBy: [dimension],
      filter,
    };
    const found = await askCosts(
      source,
      toCostRequest(query, now()),
      toSourceCall(input, call),
      now,
    );
    const { rows } = toCostRows(
      found.costs.cells,
      { ...query, period: found.asked.period },
      METRICS,
    );
    const valueOf = valueReader(dimension);
    const matching = rows.filter((row) => contains(valueOf(row), search));
    const answer = toCostAnswer(matching, METRICS, 'cost');
    const { rows: shown, ...paging } = toCostPage(answer, METRICS, page);
    return {
      rows: shown.map((row) => ({
        value: valueOf(row),
        BillingCurrency: row.BillingCurrency,
        BilledCost: row.BilledCost ?? '0',
      })),
      ...paging,
      ...toCostEnvelope(source, found, answer, period, now()),
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
