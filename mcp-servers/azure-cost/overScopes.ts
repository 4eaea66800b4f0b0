import type { SourceStatus } from '../../core/mcp/envelope.ts';
import { ToolError, type ToolErrorCode } from '../../core/mcp/toolError.ts';
import { toSourceStatus, type ConnectionCall } from '../kit/costs/createAsk.ts';
import { toFailedStatus } from '../kit/costs/toFailedStatus.ts';
import type { Scope } from './scopes.ts';

/** What one scope answered. */
export interface ScopeAnswer<T> {
  value: T;
  asOf: Date;
  stale: boolean;
}

/** What the scopes answered together. */
export interface ScopeAnswers<T> {
  /** In the order of the scopes, without those that failed. */
  values: { scope: Scope; value: T }[];
  /** When Azure was asked; the oldest of all. */
  asOf: Date;
  sources: SourceStatus[];
  notes: string[];
}

const SCOPES_AT_ONCE = 4;
// These say something of the question, not of a scope.
const ABOUT_THE_QUESTION: ReadonlySet<ToolErrorCode> = new Set([
  'INVALID_ARGUMENT',
  'RESULT_TOO_LARGE',
  'UNSUPPORTED',
]);

/**
 * Asks every scope, four at a time. A scope that fails while others answer is left out, which sources and notes say.
 *
 * @throws ToolError the first failure when all scopes fail, and one that is about the question at once
 */
export async function overScopes<T>(
  scopes: readonly Scope[],
  call: ConnectionCall,
  ask: (scope: Scope) => Promise<ScopeAnswer<T>>,
): Promise<ScopeAnswers<T>> {
  assertScopes(scopes);
  const results = await mapAtOnce(scopes, async (scope) => {
    try {
      return { scope, answer: await ask(scope) };
    } catch (error) {
      call.signal.throwIfAborted();
      if (!(error instanceof ToolError) || ABOUT_THE_QUESTION.has(error.meta.code)) throw error;
      return { scope, failure: error };
    }
  });
  const good = results.flatMap(({ scope, answer }) => (answer ? [{ scope, ...answer }] : []));
  const failures = results.flatMap(({ scope, failure }) => (failure ? [{ scope, failure }] : []));
  const [first] = failures;
  const oldest = good.map(({ asOf }) => asOf).sort((a, b) => a.getTime() - b.getTime())[0];
  if (first && !oldest) throw first.failure;
  for (const { scope, failure } of failures) {
    call.log.warn({ scope: scope.path, code: failure.meta.code }, 'a scope failed');
  }
  return {
    values: good.map(({ scope, value }) => ({ scope, value })),
    asOf: oldest ?? new Date(0),
    sources: [
      first
        ? toFailedStatus(call.connectionId, first.failure)
        : toSourceStatus(
            call.connectionId,
            good.some(({ stale }) => stale),
          ),
    ],
    notes: failures.map(
      ({ scope, failure }) =>
        `The scope ${scope.path} failed (${failure.meta.code}), so what it holds is missing here, in the totals too. ${failure.message}`,
    ),
  };
}

function assertScopes(scopes: readonly Scope[]): void {
  if (scopes.length > 0) return;
  throw new ToolError(
    'NOT_FOUND',
    'This server reads no Azure scope yet. Have an operator set AZURE_COST_SCOPES, for instance to subscriptions/ID, and start it again.',
  );
}

/** Results in the order of the items; the first error ends it. */
async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [at, item] = next;
      results[at] = await map(item);
    }
  };
  try {
    await Promise.all(Array.from({ length: SCOPES_AT_ONCE }, work));
  } finally {
    queue.length = 0;
  }
  return results;
}
