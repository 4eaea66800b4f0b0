import { assertCallLeft, type CallMeter } from '../kit/callMeter.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import { fromAwsError } from './fromAwsError.ts';

/** Price of one Cost Explorer request in USD, as an exact decimal. @see https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/ */
export const USD_PER_REQUEST = '0.01';

const CALL_TIMEOUT_MS = 20_000;

/** Who pays for a request, and when to give up. */
export interface PaidCall {
  connectionId: string;
  meter: CallMeter;
  signal: AbortSignal;
  /** Called after each answer. */
  progress?: () => void;
  /** The IAM action that the request needs, for instance `ce:GetCostAndUsage`. */
  permission: string;
}

/**
 * Sends one paid request: first takes it from the connection's budget of the day, then counts what the SDK sent again by
 * itself, for AWS may charge for that too. Ends after 20 s or with the caller's signal.
 *
 * @throws ToolError as `fromAwsError` says, `BUDGET_EXHAUSTED`, or `RESULT_TOO_LARGE` beyond the meter's limit
 */
export async function sendPaid<T extends { $metadata: { attempts?: number } }>(
  { connectionId, meter, signal, permission, progress }: PaidCall,
  budget: CallBudget,
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  assertCallLeft(meter);
  budget.take(connectionId);
  meter.upstreamCalls += 1;
  const count = (attempts: number | undefined): void => {
    const again = Math.max(0, (attempts ?? 1) - 1);
    meter.upstreamCalls += again;
    budget.charge(connectionId, again);
  };
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]);
  try {
    const reply = await send({ abortSignal });
    count(reply.$metadata.attempts);
    progress?.();
    return reply;
  } catch (error) {
    count((error as { $metadata?: { attempts?: number } }).$metadata?.attempts);
    // Given up by the caller: that says nothing of AWS.
    signal.throwIfAborted();
    throw fromAwsError(error, permission);
  }
}
