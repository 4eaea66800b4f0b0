import type { ReportQuery, ReportRequest } from './llmProvider.ts';

/** The parameters of a report of Anthropic: RFC 3339 times, and a list as `name[]` again and again. */
export const toAnthropicParams = (
  { from, to, width }: ReportQuery,
  groups: readonly string[],
  bucketsPerPage: number,
): ReportRequest['params'] => [
  ['starting_at', from],
  ['ending_at', to],
  ['bucket_width', width],
  ['limit', String(bucketsPerPage)],
  ...groups.map((group) => ['group_by[]', group] as const),
];
