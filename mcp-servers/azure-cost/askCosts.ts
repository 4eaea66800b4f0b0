import { daysBetween, utcDay } from '../../core/time/day.ts';
import type { Period } from '../../core/mcp/period.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import type { Answer } from '../kit/answerCache.ts';
import type { CostQuestion, FoundCosts } from '../kit/costs/costSource.ts';
import type { ConnectionCall } from '../kit/costs/createAsk.ts';
import { costsTtlMs, provisionalFrom } from '../kit/costs/freshness.ts';
import { fingerprint } from '../kit/cursor.ts';
import type { CostCell } from './fromQueryResult.ts';
import { overScopes, type ScopeAnswer } from './overScopes.ts';
import { openFrom } from './retention.ts';
import type { Scope } from './scopes.ts';
import { toCostRequests, type CostRequest } from './toCostRequests.ts';
import { toCostRows, type CostAnswer, type CostRows } from './toCostRows.ts';

/** Asks one scope, or the cache; `ttlMs` says how long the answer may be trusted. */
export type AskCosts = (
  scope: Scope,
  request: CostRequest,
  call: ConnectionCall,
  ttlMs: number,
) => Promise<Answer<readonly CostCell[]>>;

/** Questions about costs over all scopes, in the form of the Query API and back. */
export function createFindCosts(scopes: readonly Scope[], ask: AskCosts, now: () => Date) {
  const rowsOf = createRowMemory();
  return async (question: CostQuestion, call: ConnectionCall): Promise<FoundCosts> => {
    const plan = toCostRequests(question, scopes, now());
    const { values, ...found } = await overScopes(scopes, call, (scope) =>
      askRequests(plan.requests, (request) =>
        ask(scope, request, call, ttlMs(request.window, now())).catch((error: unknown) => {
          throw aboutUnits(error, request);
        }),
      ),
    );
    const answers = values.flatMap(({ value }) => value);
    const made = rowsOf(
      answers.map(({ cells }) => cells),
      fingerprint([question, plan.period]),
      () => toCostRows(answers, question, plan, openFrom(now())),
    );
    return {
      ...made,
      ...found,
      period: plan.period,
      provisionalFrom: provisionalFrom(plan.period, openDays(now()), now()),
    };
  };
}

const openDays = (now: Date): number => daysBetween(openFrom(now), utcDay(now));

/** How long an answer about a window may be trusted. */
const ttlMs = (window: Period, now: Date): number =>
  costsTtlMs(provisionalFrom(window, openDays(now), now), window, now);

/** One request after the other: Azure throttles what comes at once. */
async function askRequests(
  requests: readonly CostRequest[],
  ask: (request: CostRequest) => Promise<Answer<readonly CostCell[]>>,
): Promise<ScopeAnswer<CostAnswer[]>> {
  const value: CostAnswer[] = [];
  let asOf = new Date(8.64e15);
  let stale = false;
  for (const request of requests) {
    const answer = await ask(request);
    value.push({ request, cells: answer.value });
    if (answer.asOf < asOf) asOf = answer.asOf;
    stale ||= answer.stale;
  }
  return { value, asOf, stale };
}

/** Only some agreements know the unit of a meter; a quantity without one says nothing. */
function aboutUnits(error: unknown, { withQuantity }: CostRequest): unknown {
  if (!withQuantity || !(error instanceof ToolError) || error.meta.code !== 'INVALID_ARGUMENT') {
    return error;
  }
  return new ToolError(
    'UNSUPPORTED',
    'Azure refused to tell quantities with their units: the agreement of this scope does not know UnitOfMeasure. Ask for costs only.',
    { field: 'metrics', cause: error },
  );
}

/**
 * What a question made of some answers is kept as long as the first of them: its pages are asked for one by one, and the
 * same rows share further work.
 */
function createRowMemory() {
  const known = new WeakMap<object, { key: string; cells: readonly object[]; made: CostRows }>();
  return (cells: readonly object[], key: string, make: () => CostRows): CostRows => {
    const [first] = cells;
    if (!first) return make();
    const before = known.get(first);
    const isSame =
      before?.key === key &&
      before.cells.length === cells.length &&
      before.cells.every((part, i) => part === cells[i]);
    if (isSame) return before.made;
    const made = make();
    known.set(first, { key, cells, made });
    return made;
  };
}
