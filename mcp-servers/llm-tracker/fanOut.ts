import type { SourceStatus } from '../../core/mcp/envelope.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { toFailedStatus } from '../kit/costs/toFailedStatus.ts';
import type { LlmConnection } from './llmConnections.ts';

/** What several connections answered, and what is to be said of those that did not. */
export interface FannedOut<T> {
  answers: T[];
  failed: SourceStatus[];
  notes: string[];
}

/**
 * Asks all connections at once. One that fails is seen in `failed` and does not hide the others.
 *
 * @throws the first error when all fail, and everything that is not a `ToolError`
 */
export async function fanOut<T>(
  connections: readonly LlmConnection[],
  signal: AbortSignal,
  ask: (connection: LlmConnection) => Promise<T>,
): Promise<FannedOut<T>> {
  const outcomes = await Promise.allSettled(connections.map(ask));
  signal.throwIfAborted();
  const result: FannedOut<T> = { answers: [], failed: [], notes: [] };
  let first: ToolError | undefined;
  outcomes.forEach((outcome, i) => {
    if (outcome.status === 'fulfilled') {
      result.answers.push(outcome.value);
      return;
    }
    const error: unknown = outcome.reason;
    if (!(error instanceof ToolError)) throw error as Error;
    first ??= error;
    const { connectionId = '', provider } = connections[i] ?? {};
    result.failed.push(toFailedStatus(connectionId, error));
    result.notes.push(`${provider?.name ?? connectionId} is missing here. ${error.message}`);
  });
  if (first && result.answers.length === 0) throw first;
  return result;
}
