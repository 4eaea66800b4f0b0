import type { ReportDimension } from './llmProvider.ts';

/** What a report has to be grouped by to tell some dimensions: each group once, in a fixed order. */
export const toGroups = (
  dimensions: readonly string[],
  known: Readonly<Record<string, ReportDimension>>,
): string[] =>
  [...new Set(dimensions.flatMap((dimension) => known[dimension]?.groupBy ?? []))].sort();
