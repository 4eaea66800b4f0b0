import type { CostFilter } from '../../core/mcp/costFilter.ts';

/** Whether a filter lets something through: for certain, certainly not, or depending on what is not known. */
export type Verdict = 'always' | 'never' | 'maybe';

/**
 * Judges a filter by the values that a dimension can have; undefined where they are not known. An empty string stands for
 * "has none". Where every dimension has one value, the verdict is never `maybe`.
 */
export function judgeFilter(
  filter: CostFilter,
  valuesOf: (dimension: string) => readonly string[] | undefined,
): Verdict {
  const { and, or, not, dimension = '', in: included, notIn: excluded = [] } = filter;
  if (and) return every(and.map((part) => judgeFilter(part, valuesOf)));
  if (or) return INVERSE[every(or.map((part) => INVERSE[judgeFilter(part, valuesOf)]))];
  if (not) return INVERSE[judgeFilter(not, valuesOf)];
  const possible = valuesOf(dimension);
  if (!possible) return 'maybe';
  const named = new Set(included ?? excluded);
  const hits = possible.filter((value) => named.has(value)).length;
  const verdict = hits === 0 ? 'never' : hits === possible.length ? 'always' : 'maybe';
  return included ? verdict : INVERSE[verdict];
}

const INVERSE = { always: 'never', never: 'always', maybe: 'maybe' } as const;

function every(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('never')) return 'never';
  return verdicts.includes('maybe') ? 'maybe' : 'always';
}
