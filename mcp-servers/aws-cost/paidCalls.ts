import type { CallBudget } from '../kit/callBudget.ts';
import { sendCounted, type CountedCall } from '../kit/costs/countedCall.ts';
import { fromAwsError } from './fromAwsError.ts';

/** Price of one Cost Explorer request in USD, as an exact decimal. @see https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/ */
export const USD_PER_REQUEST = '0.01';

/** Who pays for a request, and which IAM action it needs, for instance `ce:GetCostAndUsage`. */
export interface PaidCall extends CountedCall {
  permission: string;
}

interface Attempted {
  $metadata?: { attempts?: number };
}

/**
 * Sends one paid request. What the SDK sent again by itself is counted too, for AWS may charge for that.
 *
 * @throws ToolError as `fromAwsError` and `sendCounted` say
 */
export const sendPaid = <T extends Attempted>(
  { permission, ...call }: PaidCall,
  budget: CallBudget,
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> =>
  sendCounted(call, budget, {
    operation: permission,
    send: (abortSignal) => send({ abortSignal }),
    toError: (error) => fromAwsError(error, permission),
    attempts: (outcome) => (outcome as Attempted).$metadata?.attempts,
  });
