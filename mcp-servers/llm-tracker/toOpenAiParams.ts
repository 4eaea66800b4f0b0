import type { ReportQuery, ReportRequest } from './llmProvider.ts';

/**
 * The parameters of a report of OpenAI: Unix seconds, and a list as the parameter's name again and again, as its API
 * description has it.
 */
export const toOpenAiParams = (
  { from, to, width }: ReportQuery,
  groups: readonly string[],
  bucketsPerPage: number,
): ReportRequest['params'] => [
  ['start_time', toUnixSeconds(from)],
  ['end_time', toUnixSeconds(to)],
  ['bucket_width', width],
  ['limit', String(bucketsPerPage)],
  ...groups.map((group) => ['group_by', group] as const),
];

const toUnixSeconds = (instant: string): string => String(Date.parse(instant) / 1000);
