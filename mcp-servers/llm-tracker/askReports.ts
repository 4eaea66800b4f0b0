import type { Period } from '../../core/mcp/period.ts';
import type { Answer } from '../kit/answerCache.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import type { Ask, ConnectionCall } from '../kit/costs/createAsk.ts';
import { costsTtlMs, provisionalFrom } from '../kit/costs/freshness.ts';
import type { LlmCell, LlmProvider, ReportName } from './llmProvider.ts';
import { mapConcurrently } from './mapConcurrently.ts';
import { readReport } from './readReport.ts';
import { COST_RESTATEMENT_DAYS, USAGE_RESTATEMENT_DAYS, USAGE_TTL_MS } from './retention.ts';
import type { PlannedQuery } from './toReportQuery.ts';

/** Answers of all requests that a query needs. */
export interface ReportAnswers {
  /** One list of cells for each request; the same list for the same cached answer. */
  parts: readonly (readonly LlmCell[])[];
  /** When the oldest of them was given. */
  asOf: Date;
  stale: boolean;
}

/** Reads reports: each request from cache while its answer may be trusted, some at the same time. */
export type AskReports = (
  provider: LlmProvider,
  query: PlannedQuery,
  call: ConnectionCall,
) => Promise<ReportAnswers>;

const CONCURRENT_MAX = 4;

/** Reports through a cache and a budget. A query that needs no request has the answer "nothing" as of now. */
export function createAskReports(
  ask: Ask<readonly LlmCell[]>,
  budget: CallBudget,
  now: () => Date,
): AskReports {
  return async (provider, query, call) => {
    const requests = provider.requests(query);
    const answers = await mapConcurrently(requests, CONCURRENT_MAX, (request) =>
      ask([request.path, request.params], call, async (within) => {
        const value = await readReport(provider, request, within, budget);
        const ttlMs = reportTtlMs(query.report, query.period, now());
        return { value, ttlMs, weight: value.length + 1 };
      }),
    );
    return {
      parts: answers.map(({ value }) => value),
      asOf: new Date(Math.min(now().getTime(), ...answers.map(toTime))),
      stale: answers.some(({ stale }) => stale),
    };
  };
}

const toTime = ({ asOf }: Answer<unknown>): number => asOf.getTime();

/** The first day of a report that may still change; null when all are final. */
export const reportProvisionalFrom = (
  report: ReportName,
  period: Period,
  now: Date,
): string | null =>
  provisionalFrom(period, report === 'costs' ? COST_RESTATEMENT_DAYS : USAGE_RESTATEMENT_DAYS, now);

function reportTtlMs(report: ReportName, period: Period, now: Date): number {
  const provisional = reportProvisionalFrom(report, period, now);
  return report === 'usage' && provisional !== null
    ? USAGE_TTL_MS
    : costsTtlMs(provisional, period, now);
}
