import type { ToolError } from '../../../core/mcp/toolError.ts';
import type { CallBudget } from '../callBudget.ts';
import { noteCloudCall } from '../audit/cloudCallScope.ts';
import { assertCallLeft, type CallMeter } from '../callMeter.ts';

/** Who pays for a request to a provider, and when to give up. */
export interface CountedCall {
  connectionId: string;
  meter: CallMeter;
  signal: AbortSignal;
  /** Called after each answer. */
  progress?: () => void;
}

/** One request to a provider. */
export interface CountedRequest<T> {
  /** What is asked, for the audit log: the permission that it needs. */
  operation: string;
  send: (signal: AbortSignal) => Promise<T>;
  toError: (error: unknown) => ToolError;
  /** Times that a reply or an error says the client sent it, where the client tries again by itself. */
  attempts?: (outcome: unknown) => number | undefined;
}

const CALL_TIMEOUT_MS = 20_000;

/**
 * Sends one counted request: first takes it from the connection's budget of the day, then counts what the client sent
 * again by itself. Ends after 20 s or with the caller's signal.
 *
 * @throws ToolError as `toError` says, `BUDGET_EXHAUSTED`, or `RESULT_TOO_LARGE` beyond the meter's limit
 */
export async function sendCounted<T>(
  { connectionId, meter, signal, progress }: CountedCall,
  budget: CallBudget,
  { operation, send, toError, attempts = () => 1 }: CountedRequest<T>,
): Promise<T> {
  signal.throwIfAborted();
  assertCallLeft(meter);
  budget.take(connectionId);
  meter.upstreamCalls += 1;
  const count = (outcome: unknown): number => {
    const again = Math.max(0, (attempts(outcome) ?? 1) - 1);
    meter.upstreamCalls += again;
    budget.charge(connectionId, again);
    return again + 1;
  };
  const note = (status: string, sent: number): void =>
    noteCloudCall({ connectionId, operation, status, count: sent });
  try {
    const reply = await send(AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]));
    note('ok', count(reply));
    progress?.();
    return reply;
  } catch (error) {
    const sent = count(error);
    if (signal.aborted) note('cancelled', sent);
    // Given up by the caller: that says nothing of the provider.
    signal.throwIfAborted();
    const failure = toError(error);
    note(failure.meta.code, sent);
    throw failure;
  }
}
