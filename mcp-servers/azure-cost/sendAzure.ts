import type { CallBudget } from '../kit/callBudget.ts';
import { sendCounted, type CountedCall } from '../kit/costs/countedCall.ts';
import type { Azure } from './azureClient.ts';
import { fromAzureError } from './fromAzureError.ts';
import type { ThrottleGate } from './throttleGate.ts';

/** What requests to Azure go through. */
export interface AzureDesk {
  azure: Azure;
  budget: CallBudget;
  gate: ThrottleGate;
}

/** Who asks, and which RBAC action it needs, for instance `Microsoft.CostManagement/query/action`. */
export interface AzureCall extends CountedCall {
  permission: string;
}

/**
 * Sends one counted request once no throttling is known to be on, and closes the gate for all when Azure throttles.
 *
 * @throws ToolError as `fromAzureError` and `sendCounted` say
 */
export async function sendAzure<T>(
  { permission, ...call }: AzureCall,
  { budget, gate }: AzureDesk,
  send: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  await gate.pass(call.signal);
  return sendCounted(call, budget, {
    operation: permission,
    send,
    toError: (error) => {
      const failure = fromAzureError(error, permission);
      const { code, retryAfterMs } = failure.meta;
      if (code === 'THROTTLED' && retryAfterMs !== undefined) gate.close(retryAfterMs);
      return failure;
    },
  });
}
