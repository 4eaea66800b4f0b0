import { GetAnomaliesCommand, type CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { z } from 'zod';
import { toDecimalString } from '../../core/money/money.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import { providerText } from '../kit/providerText.ts';
import { parseAnswer } from '../kit/answerInvalid.ts';
import type { PaidCall } from './paidCalls.ts';
import { readPages } from './readPages.ts';

/** Which anomalies; both days are included, as GetAnomalies has it. */
export interface AnomalyQuery {
  firstDay: string;
  lastDay: string;
}

const PAGE_SIZE = 100;

// Cost Explorer gives these amounts as numbers, in dollars; there is no more exact form to be had.
const Dollars = z.number().transform((amount) => toDecimalString(String(amount)));
const Text = z.string().transform(providerText).optional();
const Day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}/)
  .transform((text) => text.slice(0, 10));

const AwsAnomalySchema = z.object({
  AnomalyId: z.string().transform(providerText),
  AnomalyStartDate: Day,
  AnomalyEndDate: Day.optional(),
  DimensionValue: Text,
  Impact: z.object({
    MaxImpact: Dollars,
    TotalImpact: Dollars.optional(),
    TotalActualSpend: Dollars.optional(),
    TotalExpectedSpend: Dollars.optional(),
  }),
  RootCauses: z
    .array(
      z.object({
        Service: Text,
        Region: Text,
        LinkedAccount: Text,
        UsageType: Text,
        Impact: z.object({ Contribution: Dollars }).optional(),
      }),
    )
    .default([]),
});

/** An anomaly as Cost Anomaly Detection tells it, as far as it is used; amounts are exact decimals in US dollars. */
export type AwsAnomaly = z.infer<typeof AwsAnomalySchema>;

/** All pages of GetAnomalies. @throws ToolError `UPSTREAM_FAILED` when the answer does not hold; else as `readPages` */
export async function readAnomalies(
  client: CostExplorerClient,
  budget: CallBudget,
  { firstDay, lastDay }: AnomalyQuery,
  call: Omit<PaidCall, 'permission'>,
): Promise<AwsAnomaly[]> {
  const found: AwsAnomaly[] = [];
  await readPages(
    { ...call, permission: 'ce:GetAnomalies' },
    budget,
    (page, options) =>
      client.send(
        new GetAnomaliesCommand({
          DateInterval: { StartDate: firstDay, EndDate: lastDay },
          MaxResults: PAGE_SIZE,
          ...page,
        }),
        options,
      ),
    ({ Anomalies }) => {
      const what = 'AWS left out what belongs to an anomaly.';
      found.push(...parseAnswer(z.array(AwsAnomalySchema), Anomalies, what));
    },
  );
  return found;
}
