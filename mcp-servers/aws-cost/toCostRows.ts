import type { CostRow } from '../../core/mcp/costRow.ts';
import { findTagKey } from '../../core/mcp/dimension.ts';
import { awsServiceCategory } from '../../core/focus/awsServiceCategory.ts';
import { regionFromAwsUsageType } from '../../core/focus/regionFromAwsUsageType.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { answerInvalid } from '../kit/answerInvalid.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import { pinnedColumns } from '../kit/costs/pinnedColumns.ts';
import { findAwsDimension, findGroupDefinition } from './dimensions.ts';
import type { CostCell } from './fromCostResults.ts';
import type { AwsMetric } from './metrics.ts';

/** Rows and the names of those of their columns that follow from others. */
export interface CostRows {
  rows: CostRow[];
  derivedColumns: string[];
}

const PROVIDER = 'AWS';

/**
 * FOCUS rows of the cells that Cost Explorer gave. Cells that fall into one row are added up exactly: values that FOCUS
 * counts as one, and the months of a total. A service tells its category, and with the usage type the region.
 */
export function toCostRows(
  cells: readonly CostCell[],
  query: Pick<CostQuestion, 'groupBy' | 'granularity' | 'filter' | 'period'>,
  metrics: readonly AwsMetric[],
): CostRows {
  const pinned = pinnedColumns(
    query.filter,
    (dimension) => findAwsDimension(dimension)?.write !== undefined,
  );
  const read = columnReader(query.groupBy);
  const rows = new Map<string, { row: CostRow; cells: CostCell[] }>();
  for (const cell of cells) {
    const columns = derive({ ...pinned, ...read(cell.keys) });
    const span =
      query.granularity === 'TOTAL'
        ? { start: `${query.period.start}T00:00:00Z`, end: `${query.period.end}T00:00:00Z` }
        : cell;
    const units = unitsOf(cell, metrics);
    const row: CostRow = {
      ChargePeriodStart: span.start,
      ChargePeriodEnd: span.end,
      ProviderName: PROVIDER,
      ...units,
      ...columns,
    };
    const key = JSON.stringify(row);
    const known = rows.get(key);
    if (known) known.cells.push(cell);
    else rows.set(key, { row, cells: [cell] });
  }
  const known = new Set([...query.groupBy, ...Object.keys(pinned)]);
  const [first] = rows.values();
  return {
    rows: [...rows.values()].map((group) => addUp(group, metrics)),
    derivedColumns: DERIVED.filter((column) => first && column in first.row && !known.has(column)),
  };
}

const DERIVED = ['ServiceCategory', 'RegionId'] as const;

function addUp(
  { row, cells }: { row: CostRow; cells: CostCell[] },
  metrics: readonly AwsMetric[],
): CostRow {
  const sum = (metric: AwsMetric) =>
    sumDecimals(cells.map((cell) => cell.amounts[metric]?.amount ?? '0'));
  return {
    ...row,
    ...Object.fromEntries(metrics.map((metric) => [metric, sum(metric)])),
    x_Estimated: cells.some(({ estimated }) => estimated),
  };
}

type Columns = Partial<CostRow>;

function columnReader(groupBy: readonly string[]): (keys: readonly string[]) => Columns {
  const groups = groupBy.map((dimension) => JSON.stringify(findGroupDefinition(dimension)));
  const asked = [...new Set(groups)];
  return (keys) => {
    const columns: Columns = {};
    groupBy.forEach((dimension, i) => {
      const key = keys[asked.indexOf(groups[i] ?? '')] ?? '';
      const tag = findTagKey(dimension);
      if (tag === undefined) columns[dimension] = findAwsDimension(dimension)?.read(key) ?? null;
      // Cost Explorer writes `key$value`, and `key$` where the tag is absent.
      else columns.Tags = { ...columns.Tags, [tag]: key.slice(tag.length + 1) || null };
    });
    return columns;
  };
}

function derive(columns: Columns): Columns {
  const { ServiceName: service, SkuMeter: usageType } = columns;
  if (service == null) return columns;
  return {
    ServiceCategory: awsServiceCategory(service),
    ...(usageType == null ? {} : { RegionId: regionFromAwsUsageType(service, usageType) }),
    ...columns,
  };
}

function unitsOf(
  cell: CostCell,
  metrics: readonly AwsMetric[],
): Pick<CostRow, 'BillingCurrency' | 'ConsumedUnit'> {
  const { ConsumedQuantity: quantity, ...costs } = cell.amounts;
  const currencies = new Set(Object.values(costs).map(({ unit }) => unit));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) {
    throw answerInvalid('AWS gave the costs of one charge in different currencies.');
  }
  const withUnit = quantity !== undefined && metrics.includes('ConsumedQuantity');
  return { BillingCurrency: currency, ...(withUnit ? { ConsumedUnit: quantity.unit } : {}) };
}
