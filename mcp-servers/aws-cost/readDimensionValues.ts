import {
  GetDimensionValuesCommand,
  type CostExplorerClient,
  type GetDimensionValuesCommandInput,
} from '@aws-sdk/client-cost-explorer';
import type { CallBudget } from '../kit/callBudget.ts';
import { providerText } from '../kit/providerText.ts';
import { answerInvalid } from './answerInvalid.ts';
import { sendPaid, type PaidCall } from './paidCalls.ts';

/** A value of a Cost Explorer dimension; accounts have their name as description. */
export interface DimensionValue {
  value: string;
  description: string | null;
}

/**
 * All pages of a GetDimensionValues request.
 *
 * @throws ToolError `UPSTREAM_FAILED` when a page token comes twice; else as `sendPaid`
 */
export async function readDimensionValues(
  client: Pick<CostExplorerClient, 'send'>,
  budget: CallBudget,
  request: GetDimensionValuesCommandInput,
  call: Omit<PaidCall, 'permission'>,
): Promise<DimensionValue[]> {
  const found: DimensionValue[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = new GetDimensionValuesCommand({
      ...request,
      ...(token === undefined ? {} : { NextPageToken: token }),
    });
    const reply = await sendPaid(
      { ...call, permission: 'ce:GetDimensionValues' },
      budget,
      (options) => client.send(page, options),
    );
    for (const { Value, Attributes } of reply.DimensionValues ?? []) {
      if (Value === undefined) throw answerInvalid('AWS left out the value of a dimension.');
      const description = Attributes?.['description'];
      found.push({
        value: providerText(Value),
        description: description === undefined ? null : providerText(description),
      });
    }
    token = reply.NextPageToken === '' ? undefined : reply.NextPageToken;
    if (token !== undefined && seen.has(token)) {
      throw answerInvalid('AWS gave the same page token twice, so its pages would never end.');
    }
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
  return found;
}
