import { z } from 'zod';
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

const values = z
  .array(
    z
      .string()
      .max(512)
      .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters'),
  )
  .min(1)
  .max(FILTER_VALUES_MAX)
  .optional();

const FilterNode: z.ZodType<CostFilter, CostFilter> = z.strictObject({
  get and() {
    return z.array(FilterNode).min(1).max(20).optional().describe('All hold');
  },
  get or() {
    return z.array(FilterNode).min(1).max(20).optional().describe('One holds');
  },
  get not() {
    return FilterNode.optional().describe('Does not hold');
  },
  dimension: Dimension.optional(),
  in: values.describe('Has one of these; "" is none'),
  notIn: values.describe('Has none of these'),
});

/** A filter tree, checked for form, depth and size. */
export const CostFilter = FilterNode.superRefine((filter, issues) => {
  const problem = findProblem(filter, [], 1);
  if (problem) issues.addIssue({ code: 'custom', ...problem });
  else if (countValues(filter) > FILTER_VALUES_MAX) {
    issues.addIssue({ code: 'custom', message: `may name ${FILTER_VALUES_MAX} values in all` });
  }
}).describe('One of and, or, not, or dimension with in or notIn; at most 4 levels');

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
