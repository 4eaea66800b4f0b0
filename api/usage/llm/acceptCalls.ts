import type { PushedCall } from '../../../core/llm/push/pushedCall.ts';
import { refusalOf } from '../../../core/llm/push/refusalOf.ts';
import type { Services } from '../../services.ts';

/** What became of a call. */
export type CallOutcome = 'accepted' | 'duplicate' | 'too_old' | 'in_the_future';

/**
 * Stores calls, in the order given; the answer comes once they are committed.
 *
 * @throws as `CallQueue.add`
 */
export async function acceptCalls(
  { llmCalls, now }: Pick<Services, 'llmCalls' | 'now'>,
  calls: readonly PushedCall[],
): Promise<CallOutcome[]> {
  const at = now();
  const refusals = calls.map((call) => refusalOf(call.at, at));
  const stored = await llmCalls.add(calls.filter((_call, index) => refusals[index] === undefined));
  let next = 0;
  return refusals.map((refusal) => {
    if (refusal !== undefined) return refusal;
    const isNew = stored[next] === true;
    next += 1;
    return isNew ? 'accepted' : 'duplicate';
  });
}
