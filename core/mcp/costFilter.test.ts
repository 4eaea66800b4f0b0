import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkFilter, CostFilter } from './costFilter.ts';

const Arguments = z.strictObject({ filter: CostFilter }).superRefine(checkFilter);
const leaf = { dimension: 'ServiceName', in: ['a'] };
const nested = (levels: number): CostFilter => (levels === 1 ? leaf : { not: nested(levels - 1) });

const problemOf = (filter: unknown): string | undefined => {
  const [issue] = Arguments.safeParse({ filter }).error?.issues ?? [];
  return issue && `${issue.path.join('.')}: ${issue.message}`;
};

describe('a filter', () => {
  test.each([
    [leaf],
    [{ dimension: 'Tags:team', notIn: ['', 'a'] }],
    [{ and: [leaf, { or: [leaf, { not: leaf }] }] }],
    [nested(4)],
  ])('%j is taken', (filter) => {
    expect(problemOf(filter)).toBeUndefined();
  });

  test.each([
    [{}, 'filter: must have exactly one of and, or, not, dimension'],
    [{ and: [leaf], or: [leaf] }, 'filter: must have exactly one of and, or, not, dimension'],
    [{ not: { and: [leaf, {}] } }, 'filter.not.and.1: must have exactly one of'],
    [{ dimension: 'ServiceName' }, 'filter: in or notIn (one of them) belongs to a dimension'],
    [{ ...leaf, notIn: ['b'] }, 'filter: in or notIn (one of them) belongs to a dimension'],
    [{ and: [leaf], in: ['a'] }, 'filter: in or notIn (one of them) belongs to a dimension'],
    [nested(5), 'filter.not.not.not.not: may be nested 4 levels deep'],
    [{ dimension: 'Region', in: ['a'] }, 'filter.dimension: must be one of ServiceName'],
    [{ dimension: 'Tags:', in: ['a'] }, 'filter.dimension: must be one of'],
    [{ dimension: 'ServiceName', in: ['a\nb'] }, 'filter.in.0: must not contain control'],
    [
      { or: Array.from({ length: 11 }, () => ({ ...leaf, in: ['a', 'b', 'c', 'd', 'e'] })) },
      'filter: may name 50 values in all',
    ],
  ])('%j is refused and the place is named', (filter, problem) => {
    expect(problemOf(filter)).toContain(problem);
  });
});
