import { z } from 'zod';
import { argument } from './arguments.ts';
import { brief } from './brief.ts';
import { ExactDecimal } from './costRow.ts';
import { AnswerEnvelope, PageEnvelope } from './envelope.ts';
import { Period } from './period.ts';
import { defineToolContract } from './toolContract.ts';

/** Arguments of `list_provider_anomalies`. */
export const ListProviderAnomaliesInput = z.strictObject({
  period: Period,
  minImpact: argument.minAmount.describe('Least impact shown, decimal'),
  connectionId: argument.connectionId,
  limit: argument.limit,
  cursor: argument.cursor,
});

/** Arguments of `list_provider_anomalies` with their defaults filled in. */
export type ListProviderAnomaliesInput = z.infer<typeof ListProviderAnomaliesInput>;

const column = (description: string) => z.string().nullable().describe(description);

const RootCause = z.object({
  ServiceName: column('Service'),
  RegionId: column('Region'),
  SubAccountId: column('Account'),
  SkuMeter: column('What is metered'),
  Impact: ExactDecimal.nullable().describe('Its part of the impact'),
});

const AnomalyRow = brief(
  z.object({
    AnomalyId: z.string().describe('Provider’s id'),
    start: z.iso.date().describe('First UTC day'),
    end: z.iso.date().nullable().describe('Day after the last; null: goes on'),
    subject: column('What was watched, for instance a service'),
    Impact: ExactDecimal.describe('Actual less expected cost'),
    ActualCost: ExactDecimal.nullable().describe('Actual cost'),
    ExpectedCost: ExactDecimal.nullable().describe('Expected cost'),
    BillingCurrency: z.string().describe('ISO 4217'),
    rootCauses: z.array(RootCause).describe('What drives it, largest part first'),
  }),
  'AnomalyId, start, end (excluded; null: goes on), subject, Impact, ActualCost, ExpectedCost, BillingCurrency, rootCauses[ServiceName, RegionId, SubAccountId, SkuMeter, Impact]',
);

/** An anomaly that the provider found. */
export type AnomalyRow = z.infer<typeof AnomalyRow>;

/** Result of `list_provider_anomalies`. */
export const ListProviderAnomaliesOutput = z.object({
  rows: z.array(AnomalyRow).describe('Anomalies, newest first'),
  ...PageEnvelope,
  ...AnswerEnvelope,
});

/** What the provider's own anomaly detection found. */
export const listProviderAnomaliesContract = defineToolContract({
  name: 'list_provider_anomalies',
  title: 'List the provider’s anomalies',
  description:
    'Anomalies that the provider’s own detection found in a period, with impact and root causes. These are its ' +
    'findings, not CostGuard’s. UNSUPPORTED where the provider has none.',
  input: ListProviderAnomaliesInput,
  output: ListProviderAnomaliesOutput,
});
