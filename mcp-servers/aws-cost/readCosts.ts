import {
  GetCostAndUsageCommand,
  type CostExplorerClient,
  type GetCostAndUsageCommandInput,
  type ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import type { CallBudget } from '../kit/callBudget.ts';
import { answerInvalid } from './answerInvalid.ts';
import { sendPaid, type PaidCall } from './paidCalls.ts';

const PERMISSION = 'ce:GetCostAndUsage';

/**
 * All pages of a GetCostAndUsage request, in the order in which they came; a day can stand in more than one. Cost
 * Explorer has no paginator in the SDK.
 *
 * @throws ToolError `UPSTREAM_FAILED` when a page token comes twice, which would go on for ever; else as `sendPaid`
 */
export async function readCosts(
  client: Pick<CostExplorerClient, 'send'>,
  budget: CallBudget,
  request: GetCostAndUsageCommandInput,
  call: Omit<PaidCall, 'permission'>,
): Promise<ResultByTime[]> {
  const results: ResultByTime[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = new GetCostAndUsageCommand({
      ...request,
      ...(token === undefined ? {} : { NextPageToken: token }),
    });
    const reply = await sendPaid({ ...call, permission: PERMISSION }, budget, (options) =>
      client.send(page, options),
    );
    results.push(...(reply.ResultsByTime ?? []));
    token = reply.NextPageToken === '' ? undefined : reply.NextPageToken;
    if (token !== undefined && seen.has(token)) {
      throw answerInvalid('AWS gave the same page token twice, so its pages would never end.');
    }
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
  return results;
}
