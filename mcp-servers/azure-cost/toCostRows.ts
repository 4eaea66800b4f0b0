import { azureServiceCategory } from '../../core/focus/azureServiceCategory.ts';
import type { CostRow } from '../../core/mcp/costRow.ts';
import { findTagKey } from '../../core/mcp/dimension.ts';
import { sumDecimals } from '../../core/money/money.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import { pinnedColumns } from '../kit/costs/pinnedColumns.ts';
import { AZURE_DIMENSIONS, findGrouping } from './dimensions.ts';
import type { CostCell } from './fromQueryResult.ts';
import type { AzureMetric } from './metrics.ts';
import { parseResourceId } from './resourceId.ts';
import type { CostPlan, CostRequest } from './toCostRequests.ts';

/** What one request gave. */
export interface CostAnswer {
  request: CostRequest;
  cells: readonly CostCell[];
}

/** Rows and the names of those of their columns that follow from others. */
export interface CostRows {
  rows: CostRow[];
  derivedColumns: string[];
}

type Query = Pick<CostQuestion, 'groupBy' | 'granularity' | 'filter' | 'byResource'>;
type Columns = Partial<CostRow>;

/** Amounts that fall into one row, by metric. */
interface Group {
  row: CostRow;
  amounts: Partial<Record<AzureMetric, string[]>>;
}

const PROVIDER = 'Azure';
const DERIVED = 'ServiceCategory';

/**
 * FOCUS rows of the cells that Azure gave. Cells that fall into one row are added up exactly: of several scopes, of the
 * windows of a total, of values that FOCUS counts as one. A row that has one metric only has 0 of the other.
 *
 * @param openFrom first day that Azure may still restate
 */
export function toCostRows(
  answers: readonly CostAnswer[],
  query: Query,
  { period, metrics }: Pick<CostPlan, 'period' | 'metrics'>,
  openFrom: string,
): CostRows {
  const pinned = pinnedColumns(
    query.filter,
    (dimension) => AZURE_DIMENSIONS[dimension]?.write !== undefined,
  );
  const groupBy = query.byResource === true ? ['ResourceId'] : query.groupBy;
  const groups = new Map<string, Group>();
  for (const { request, cells } of answers) {
    const read = columnReader(groupBy, request);
    for (const cell of cells) {
      const span = query.granularity === 'TOTAL' ? period : cell;
      const row: CostRow = {
        ChargePeriodStart: `${span.start}T00:00:00Z`,
        ChargePeriodEnd: `${span.end}T00:00:00Z`,
        ProviderName: PROVIDER,
        BillingCurrency: cell.currency,
        ...derive({ ...pinned, ...read(cell.keys) }),
      };
      const key = JSON.stringify(row);
      const group = groups.get(key) ?? { row, amounts: {} };
      groups.set(key, group);
      addAmounts(group.amounts, request, cell);
    }
  }
  const rows = [...groups.values()].map((group) => addUp(group, metrics, openFrom));
  const isDerived = !groupBy.includes(DERIVED) && rows.some((row) => DERIVED in row);
  return { rows, derivedColumns: isDerived ? [DERIVED] : [] };
}

function addAmounts(amounts: Group['amounts'], { type }: CostRequest, cell: CostCell): void {
  const metric = type === 'ActualCost' ? 'BilledCost' : 'EffectiveCost';
  (amounts[metric] ??= []).push(cell.cost);
  if (cell.quantity !== undefined) (amounts.ConsumedQuantity ??= []).push(cell.quantity);
}

function addUp(
  { row, amounts }: Group,
  metrics: readonly AzureMetric[],
  openFrom: string,
): CostRow {
  return {
    ...row,
    ...Object.fromEntries(metrics.map((metric) => [metric, sumDecimals(amounts[metric] ?? [])])),
    x_Estimated: row.ChargePeriodEnd.slice(0, 10) > openFrom,
  };
}

function columnReader(
  groupBy: readonly string[],
  { groupings, withQuantity }: CostRequest,
): (keys: readonly string[]) => Columns {
  const position = (type: string, name: string) =>
    groupings.findIndex((grouping) => grouping.type === type && grouping.name === name);
  const columns = groupBy.map((dimension) => {
    const { type = '', name = '' } = findGrouping(dimension) ?? {};
    return { dimension, tag: findTagKey(dimension), at: position(type, name) };
  });
  const unitAt = withQuantity ? position('Dimension', 'UnitOfMeasure') : -1;
  return (keys) => {
    const read: Columns = {};
    for (const { dimension, tag, at } of columns) {
      const key = keys[at] ?? '';
      if (tag !== undefined) read.Tags = { ...read.Tags, [tag]: key === '' ? null : key };
      else read[dimension] = AZURE_DIMENSIONS[dimension]?.read(key) ?? null;
    }
    if (unitAt !== -1) read.ConsumedUnit = keys[unitAt] ?? null;
    return typeof read.ResourceId === 'string'
      ? { ...read, ...parseResourceId(read.ResourceId) }
      : read;
  };
}

const derive = (columns: Columns): Columns =>
  columns.ServiceName == null
    ? columns
    : { ServiceCategory: azureServiceCategory(columns.ServiceName), ...columns };
