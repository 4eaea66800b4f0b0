import { queryCostsContract, type QueryCostsInput } from '../../core/mcp/queryCosts.ts';
import type { Period } from '../../core/mcp/period.ts';
import { createCallMeter } from '../kit/callMeter.ts';
import { toCostAnswer, toCostPage, type CostAnswer } from '../kit/costPage.ts';
import { fingerprint, type CursorSeal } from '../kit/cursor.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import { toSourceStatus, type AwsSource, type Costs } from './awsSource.ts';
import { connectionOf } from './connectionOf.ts';
import { addDays, monthsBefore, toDay } from './days.ts';
import type { CostCell } from './fromCostResults.ts';
import { toCostRequest, type CostRequest } from './toCostRequest.ts';
import { toCostRows } from './toCostRows.ts';

/** Days after which Cost Explorer's amounts are taken as final, unless it still calls them estimated. */
export const RESTATEMENT_DAYS = 3;

const HOUR_MS = 3_600_000;
const TTL_MS = {
  provisional: 6 * HOUR_MS,
  final: 7 * 24 * HOUR_MS,
  monthClosed: 30 * 24 * HOUR_MS,
};

interface Prepared extends CostAnswer {
  key: string;
  derivedColumns: string[];
}

/** `query_costs` on Cost Explorer's GetCostAndUsage. */
export function createQueryCosts(source: AwsSource, seal: CursorSeal, now: () => Date): Tool {
  // Pages of one answer come one after the other: what the last one made of it is kept as long as the answer itself.
  const prepared = new WeakMap<Costs, Prepared>();
  return defineTool(queryCostsContract, async (input, { signal, tenant, progress }) => {
    const page = seal.page(input, sameOnEveryPage(input), tenant);
    const asked = toCostRequest(input, now());
    const call = {
      connectionId: connectionOf(input.connectionIds),
      meter: createCallMeter(),
      signal,
      progress,
      maxAgeMs: input.maxAgeSeconds === undefined ? undefined : input.maxAgeSeconds * 1000,
    };
    const answer = await source.costs(asked, call, ({ cells }) =>
      ttlOf(cells, asked.period, now()),
    );
    const key = fingerprint(sameOnEveryPage(input));
    const known = prepared.get(answer.value);
    const ready =
      known?.key === key ? known : { ...prepare(answer.value.cells, input, asked), key };
    prepared.set(answer.value, ready);
    return {
      ...toCostPage(ready, input.metrics, page),
      derivedColumns: ready.derivedColumns,
      dataAsOf: answer.asOf.toISOString(),
      sources: [toSourceStatus(call.connectionId, answer.stale)],
      cost: source.cost(call),
      period: { requested: input.period, actual: asked.period },
      provisionalFrom: provisionalFrom(answer.value.cells, asked.period, now()),
      currencies: ready.totals.map(({ BillingCurrency }) => BillingCurrency),
      notes: notesOn(ready, input, asked.period, answer.stale),
    };
  });
}

function sameOnEveryPage(input: QueryCostsInput): Record<string, unknown> {
  return { ...input, cursor: undefined, limit: undefined, maxAgeSeconds: undefined };
}

function prepare(
  cells: readonly CostCell[],
  input: QueryCostsInput,
  { period, metrics }: CostRequest,
): Omit<Prepared, 'key'> {
  const asked = metrics.filter((metric) => input.metrics.includes(metric));
  const { rows, derivedColumns } = toCostRows(cells, { ...input, period }, asked);
  return { ...toCostAnswer(rows, input.metrics, input.orderBy), derivedColumns };
}

/** The first day whose amounts may still change; null when all are final. */
function provisionalFrom(
  cells: readonly CostCell[],
  { start, end }: Period,
  now: Date,
): string | null {
  const estimated = cells.filter((cell) => cell.estimated).map((cell) => cell.start.slice(0, 10));
  const recent = addDays(toDay(now), -RESTATEMENT_DAYS);
  const [first] = [...estimated, ...(recent < end ? [recent > start ? recent : start] : [])].sort();
  return first ?? null;
}

function ttlOf(cells: readonly CostCell[], period: Period, now: Date): number {
  if (provisionalFrom(cells, period, now) !== null) return TTL_MS.provisional;
  return period.end <= monthsBefore(toDay(now), 0) ? TTL_MS.monthClosed : TTL_MS.final;
}

function notesOn(
  answer: CostAnswer,
  input: QueryCostsInput,
  actual: Period,
  stale: boolean,
): string[] {
  const notes: string[] = [];
  if (actual.end !== input.period.end) {
    notes.push(`The period was cut at ${actual.end}: there are no costs of days to come.`);
  }
  if (stale) {
    notes.push('Today’s budget of paid requests is used up, so this answer is an older one.');
  }
  if (answer.rows.length === 0) {
    notes.push(
      'No costs match. Check the filter’s values with a query that groups by the same dimension, or take a longer period.',
    );
  }
  return notes;
}
