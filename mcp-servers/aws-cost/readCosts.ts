import {
  GetCostAndUsageCommand,
  type CostExplorerClient,
  type GetCostAndUsageCommandInput,
  type ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import type { CallBudget } from '../kit/callBudget.ts';
import { providerText } from '../kit/providerText.ts';
import { answerInvalid } from './answerInvalid.ts';
import { sendPaid, type PaidCall } from './paidCalls.ts';

const PERMISSION = 'ce:GetCostAndUsage';

/** What all pages of a GetCostAndUsage request hold. */
export interface CostResults {
  /** In the order in which they came; a span of time can stand on more than one page, with other groups. */
  results: ResultByTime[];
  /** Descriptions of grouped values, for accounts their names. */
  names: Map<string, string>;
}

/**
 * Reads all pages of a GetCostAndUsage request; Cost Explorer has no paginator in the SDK.
 *
 * @throws ToolError `UPSTREAM_FAILED` when a page token comes twice, which would go on for ever; else as `sendPaid`
 */
export async function readCosts(
  client: Pick<CostExplorerClient, 'send'>,
  budget: CallBudget,
  request: GetCostAndUsageCommandInput,
  call: Omit<PaidCall, 'permission'>,
): Promise<CostResults> {
  const results: ResultByTime[] = [];
  const names = new Map<string, string>();
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
    for (const { Value, Attributes } of reply.DimensionValueAttributes ?? []) {
      const description = Attributes?.['description'];
      if (Value !== undefined && description !== undefined) {
        names.set(providerText(Value), providerText(description));
      }
    }
    token = reply.NextPageToken === '' ? undefined : reply.NextPageToken;
    if (token !== undefined && seen.has(token)) {
      throw answerInvalid('AWS gave the same page token twice, so its pages would never end.');
    }
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
  return { results, names };
}
