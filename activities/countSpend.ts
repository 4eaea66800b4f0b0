import { metricMeter } from '@temporalio/activity';
import { CallCost } from '../core/mcp/envelope.ts';

/**
 * Records what a tool's answer says of the provider requests behind it: how many were paid, and what they cost together. A
 * histogram, since counters of the SDK hold whole numbers: its sum is the money.
 */
export function countSpend(tool: string, answer: unknown): void {
  const cost = CallCost.safeParse(
    typeof answer === 'object' && answer !== null && 'cost' in answer ? answer.cost : undefined,
  );
  if (!cost.success) return;
  metricMeter
    .createCounter('costguard_provider_paid_requests', undefined, 'Paid requests to providers')
    .add(cost.data.upstreamCalls, { tool });
  metricMeter
    .createHistogram(
      'costguard_provider_spend_usd',
      'float',
      undefined,
      'US dollars that providers charge for the requests of one call',
    )
    // A measure of it, not an amount that is booked: here a binary fraction does.
    .record(Number(cost.data.usd), { tool });
}
