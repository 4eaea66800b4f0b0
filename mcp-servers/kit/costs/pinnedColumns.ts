import type { CostFilter } from '../../../core/mcp/costFilter.ts';
import type { CostRow } from '../../../core/mcp/costRow.ts';

/**
 * Columns that a filter holds to one value: they are the same on every row, so every row can name them. `isExact` says for
 * which dimensions a filter's value is the column's.
 */
export function pinnedColumns(
  filter: CostFilter | undefined,
  isExact: (dimension: string) => boolean,
): Partial<CostRow> {
  if (!filter) return {};
  if (filter.and) {
    const parts = filter.and.map((part) => pinnedColumns(part, isExact));
    return Object.assign({}, ...parts) as Partial<CostRow>;
  }
  const [value, ...more] = filter.in ?? [];
  if (filter.dimension === undefined || value === undefined || more.length > 0) return {};
  if (!isExact(filter.dimension)) return {};
  return { [filter.dimension]: value === '' ? null : value };
}
