import type { Period } from '../../core/mcp/period.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import type { Answer } from '../kit/answerCache.ts';
import type { CostQuestion, FoundCosts } from '../kit/costs/costSource.ts';
import { toSourceStatus, type ConnectionCall } from '../kit/costs/createAsk.ts';
import { costsTtlMs, provisionalFrom } from '../kit/costs/freshness.ts';
import { fingerprint } from '../kit/cursor.ts';
import type { CostCell } from './fromCostResults.ts';
import type { Costs } from './readCosts.ts';
import { RESOURCE_DAYS, RESTATEMENT_DAYS } from './retention.ts';
import { toCostRequest, type CostRequest } from './toCostRequest.ts';
import { toCostRows, type CostRows } from './toCostRows.ts';

/** Asks Cost Explorer, or the cache; `ttlMs` says how long the answer may be trusted. */
export type AskCosts = (
  request: CostRequest,
  call: ConnectionCall,
  ttlMs: (costs: Costs) => number,
) => Promise<Answer<Costs>>;

/** Questions about costs, in the form of Cost Explorer and back. */
export function createAskCosts(ask: AskCosts, now: () => Date) {
  // What one question made of an answer is kept as long as the answer itself: its pages are asked for one by one.
  const known = new WeakMap<Costs, CostRows & { key: string }>();
  const rowsOf = (costs: Costs, question: CostQuestion, request: CostRequest): CostRows => {
    const key = fingerprint(question);
    const before = known.get(costs);
    if (before?.key === key) return before;
    const metrics = request.metrics.filter((metric) => question.metrics.includes(metric));
    const groupBy = question.byResource === true ? ['ResourceId'] : question.groupBy;
    const made = toCostRows(costs.cells, { ...question, groupBy, period: request.period }, metrics);
    known.set(costs, { ...made, key });
    return made;
  };
  return {
    ask,
    find: async (question: CostQuestion, call: ConnectionCall): Promise<FoundCosts> => {
      const request =
        question.byResource === true ? byResource(question, now()) : toCostRequest(question, now());
      const { period } = request;
      const { value, asOf, stale } = await ask(request, call, ({ cells }) =>
        costsTtlMs(firstProvisional(cells, period, now()), period, now()),
      );
      return {
        ...rowsOf(value, question, request),
        period,
        provisionalFrom: firstProvisional(value.cells, period, now()),
        asOf,
        sources: [toSourceStatus(call.connectionId, stale)],
      };
    },
  };
}

/**
 * GetCostAndUsageWithResources, which must be switched on in the payer's Cost Explorer settings and has no months. It knows
 * neither names nor types nor tags of resources.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsageWithResources.html
 */
function byResource(question: CostQuestion, now: Date): CostRequest {
  const oldest = addDays(utcDay(now), -RESOURCE_DAYS);
  if (question.period.start < oldest) {
    throw new ToolError(
      'INVALID_ARGUMENT',
      `Cost Explorer tells resources apart for the last ${RESOURCE_DAYS} days only. Start on ${oldest} or later; for longer periods group query_costs by SkuMeter.`,
      { field: 'period.start' },
    );
  }
  const asked = toCostRequest({ ...question, granularity: 'DAY' }, now);
  return {
    ...asked,
    withResources: true,
    request: { ...asked.request, GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }] },
  };
}

/** Cost Explorer marks what it still estimates, which can be older than its usual restatements. */
function firstProvisional(cells: readonly CostCell[], period: Period, now: Date): string | null {
  let first = provisionalFrom(period, RESTATEMENT_DAYS, now);
  for (const { estimated, start } of cells) {
    const day = start.slice(0, 10);
    if (estimated && (first === null || day < first)) first = day;
  }
  return first;
}
