import { z } from 'zod';
import { brief } from './brief.ts';
import { Dimension } from './dimension.ts';

/**
 * A condition on charges: exactly one of `and`, `or`, `not`, or a `dimension` with `in` or `notIn`. An empty string among
 * the values stands for "has none", for instance charges without that tag.
 */
export interface CostFilter {
  and?: CostFilter[] | undefined;
  or?: CostFilter[] | undefined;
  not?: CostFilter | undefined;
  dimension?: string | undefined;
  in?: string[] | undefined;
  notIn?: string[] | undefined;
}

/** Levels of nesting that a filter may have. */
export const FILTER_DEPTH_MAX = 4;

/** Values that a filter may name in all. */
export const FILTER_VALUES_MAX = 50;

const value = z
  .string()
  .max(512)
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');

const values = (description: string) =>
  z.array(brief(value, 'Value')).min(1).max(FILTER_VALUES_MAX).optional().describe(description);

const FilterNode: z.ZodType<CostFilter, CostFilter> = z.strictObject({
  get and() {
    return z.array(FilterNode).min(1).max(20).optional().describe('All');
  },
  get or() {
    return z.array(FilterNode).min(1).max(20).optional().describe('Any');
  },
  get not() {
    return FilterNode.optional().describe('Not');
  },
  dimension: Dimension.optional(),
  in: values('One of; "": none'),
  notIn: values('None of'),
});

/** A filter tree; the object that it stands in must be refined with `checkFilter`. */
export const CostFilter = FilterNode.optional().describe(
  'One of and, or, not, dimension with in or notIn; 4 levels',
);

/** Reports what is wrong with the form, depth or size of the `filter` of some arguments. */
export function checkFilter(
  { filter }: { filter?: CostFilter | undefined },
  issues: z.core.$RefinementCtx,
): void {
  if (filter === undefined) return;
  const problem = findProblem(filter, [], 1);
  const { path, message } =
    problem ??
    (countValues(filter) > FILTER_VALUES_MAX
      ? { path: [], message: `may name ${FILTER_VALUES_MAX} values in all` }
      : { path: [], message: '' });
  if (message) issues.addIssue({ code: 'custom', path: ['filter', ...path], message });
}

interface Problem {
  path: (string | number)[];
  message: string;
}

function findProblem(
  filter: CostFilter,
  path: (string | number)[],
  depth: number,
): Problem | undefined {
  if (depth > FILTER_DEPTH_MAX) {
    return { path, message: `may be nested ${FILTER_DEPTH_MAX} levels deep` };
  }
  const { and, or, not, dimension, in: included, notIn: excluded } = filter;
  if ([and, or, not, dimension].filter((form) => form !== undefined).length !== 1) {
    return { path, message: 'must have exactly one of and, or, not, dimension' };
  }
  if (dimension === undefined ? (included ?? excluded) : !included === !excluded) {
    return { path, message: 'in or notIn (one of them) belongs to a dimension' };
  }
  const children: [CostFilter, (string | number)[]][] = [
    ...(and ?? []).map((child, i): [CostFilter, (string | number)[]] => [child, ['and', i]]),
    ...(or ?? []).map((child, i): [CostFilter, (string | number)[]] => [child, ['or', i]]),
    ...(not ? ([[not, ['not']]] as [CostFilter, string[]][]) : []),
  ];
  for (const [child, step] of children) {
    const problem = findProblem(child, [...path, ...step], depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

function countValues(filter: CostFilter): number {
  const children = [
    ...(filter.and ?? []),
    ...(filter.or ?? []),
    ...(filter.not ? [filter.not] : []),
  ];
  const own = (filter.in ?? filter.notIn ?? []).length;
  return children.reduce((sum, child) => sum + countValues(child), own);
}
