import type { CostFilter } from '../../core/mcp/costFilter.ts';
import { findTagKey } from '../../core/mcp/dimension.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { AZURE_DIMENSIONS } from './dimensions.ts';

/** A condition of the Query API, which knows `In` only and no negation. */
export interface AzureFilter {
  and?: AzureFilter[];
  or?: AzureFilter[];
  dimensions?: Comparison;
  tags?: Comparison;
}

interface Comparison {
  name: string;
  operator: 'In';
  values: string[];
}

/**
 * A filter tree as the Query API's. Negations that cancel each other out are resolved; others cannot be expressed, and
 * naming all other values would miss those that are not known.
 *
 * @throws ToolError `UNSUPPORTED` for a negation or a dimension that it cannot filter by, `INVALID_ARGUMENT` for a value
 * that a closed dimension does not have
 */
export function toQueryFilter(filter: CostFilter, isNegated = false): AzureFilter {
  const { and, or, not, dimension = '', in: included, notIn: excluded } = filter;
  const all = (parts: readonly CostFilter[]) => parts.map((part) => toQueryFilter(part, isNegated));
  if (and) return join(isNegated ? 'or' : 'and', all(and));
  if (or) return join(isNegated ? 'and' : 'or', all(or));
  if (not) return toQueryFilter(not, !isNegated);
  if ((excluded !== undefined) !== isNegated) {
    throw new ToolError(
      'UNSUPPORTED',
      `Azure’s Query API has no "not in". Name the values of ${dimension} that you want with in (list_dimension_values lists them), or group by ${dimension} and leave those rows out.`,
      { field: 'filter' },
    );
  }
  return leaf(dimension, included ?? excluded ?? []);
}

// The Query API refuses and and or of a single condition.
const join = (operator: 'and' | 'or', parts: AzureFilter[]): AzureFilter =>
  parts.length === 1 && parts[0] ? parts[0] : { [operator]: parts };

function leaf(dimension: string, values: readonly string[]): AzureFilter {
  const tag = findTagKey(dimension);
  if (tag !== undefined) {
    if (values.includes('')) {
      throw new ToolError(
        'UNSUPPORTED',
        'Azure’s Query API cannot filter by the absence of a tag. Group by the tag instead: null are the charges without it.',
        { field: 'filter' },
      );
    }
    return { tags: { name: tag, operator: 'In', values: [...values] } };
  }
  const known = AZURE_DIMENSIONS[dimension];
  if (!known?.write) throw unsupportedFilter(dimension);
  const written = values.map((value) => known.write?.(value) ?? []);
  if (written.some((names) => names.length === 0)) {
    throw new ToolError('INVALID_ARGUMENT', `${dimension} has no such value on Azure.`, {
      field: 'filter',
    });
  }
  return { dimensions: { name: known.name, operator: 'In', values: written.flat() } };
}

function unsupportedFilter(dimension: string): ToolError {
  const possible = Object.entries(AZURE_DIMENSIONS).flatMap(([name, { write }]) =>
    write ? [name] : [],
  );
  return new ToolError(
    'UNSUPPORTED',
    `Azure’s Query API cannot filter by ${dimension}. Filter by ${possible.join(', ')} or Tags:<key>.`,
    { field: 'filter' },
  );
}
