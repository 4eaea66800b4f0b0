import type { CostFilter } from '../../core/mcp/costFilter.ts';

/** Every dimension that a filter names, each once. */
export function filterDimensions(filter: CostFilter | undefined): string[] {
  if (!filter) return [];
  const parts = [...(filter.and ?? []), ...(filter.or ?? []), ...(filter.not ? [filter.not] : [])];
  return [
    ...new Set([
      ...(filter.dimension === undefined ? [] : [filter.dimension]),
      ...parts.flatMap(filterDimensions),
    ]),
  ];
}
