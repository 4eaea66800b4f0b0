import type { CostFilter } from '../../core/mcp/costFilter.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { CHARGE_CATEGORIES, findGcpDimension, GCP_DIMENSIONS, labelSql } from './dimensions.ts';
import type { ExportTable } from './exportTable.ts';
import { noResources } from './noResources.ts';
import type { SqlParameters } from './sqlParameters.ts';

/**
 * A filter tree as a condition in SQL. "Has none" is an empty string on both sides, so no part of it is ever NULL and NOT
 * means what it says.
 *
 * @throws ToolError `UNSUPPORTED` for a dimension that the export cannot be filtered by, `INVALID_ARGUMENT` for a value
 * that a closed dimension does not have
 */
export function toCondition(
  filter: CostFilter,
  table: ExportTable,
  parameters: SqlParameters,
): string {
  const { and, or, not, dimension = '', in: included, notIn: excluded } = filter;
  const join = (operator: 'AND' | 'OR', parts: readonly CostFilter[]) =>
    `(${parts.map((part) => toCondition(part, table, parameters)).join(` ${operator} `)})`;
  if (and) return join('AND', and);
  if (or) return join('OR', or);
  if (not) return `NOT ${toCondition(not, table, parameters)}`;
  const values = included ?? excluded ?? [];
  if (dimension === 'ResourceId' && !table.hasResources) throw noResources('filter');
  if (dimension === 'ChargeCategory') assertChargeCategories(values);
  const sql = labelSql(dimension, parameters) ?? findGcpDimension(dimension)?.filterSql;
  if (sql === undefined) throw unsupported(dimension);
  const positive = `(IFNULL(${sql}, '') IN UNNEST(${parameters.add(values)}))`;
  return included ? positive : `NOT ${positive}`;
}

/** Whether a filter names a dimension anywhere. */
export function filterNames(filter: CostFilter | undefined, dimension: string): boolean {
  if (!filter) return false;
  const parts = [...(filter.and ?? []), ...(filter.or ?? []), ...(filter.not ? [filter.not] : [])];
  return filter.dimension === dimension || parts.some((part) => filterNames(part, dimension));
}

function assertChargeCategories(values: readonly string[]): void {
  if (values.every((value) => value === '' || CHARGE_CATEGORIES.includes(value))) return;
  throw new ToolError(
    'INVALID_ARGUMENT',
    `ChargeCategory has no such value. It is one of ${CHARGE_CATEGORIES.join(', ')}.`,
    { field: 'filter' },
  );
}

function unsupported(dimension: string): ToolError {
  const possible = Object.entries(GCP_DIMENSIONS).flatMap(([name, { filterSql }]) =>
    filterSql === undefined ? [] : [name],
  );
  return new ToolError(
    'UNSUPPORTED',
    `The billing export cannot be filtered by ${dimension}. Filter by ${possible.join(', ')} or Tags:<key>.`,
    { field: 'filter' },
  );
}
