import {
  GetRightsizingRecommendationCommand,
  type CostExplorerClient,
} from '@aws-sdk/client-cost-explorer';
import { z } from 'zod';
import { ExactDecimal } from '../../core/mcp/costRow.ts';
import { toDecimalString } from '../../core/money/money.ts';
import type { CallBudget } from '../kit/callBudget.ts';
import { providerText } from '../kit/providerText.ts';
import { parseAnswer } from '../kit/answerInvalid.ts';
import type { PaidCall } from './paidCalls.ts';
import { readPages } from './readPages.ts';

const Text = z.string().transform(providerText);
const Amount = z.string().transform(toDecimalString).pipe(ExactDecimal);
const InstanceDetails = z.object({
  EC2ResourceDetails: z
    .object({ InstanceType: Text.optional(), Region: Text.optional() })
    .optional(),
});

const Recommendation = z.object({
  AccountId: Text.optional(),
  RightsizingType: z.enum(['TERMINATE', 'MODIFY']),
  FindingReasonCodes: z.array(Text).default([]),
  CurrentInstance: z.object({
    ResourceId: Text,
    InstanceName: Text.optional(),
    ResourceDetails: InstanceDetails.optional(),
    ResourceUtilization: z
      .object({
        EC2ResourceUtilization: z
          .object({
            MaxCpuUtilizationPercentage: Amount.optional(),
            // There only where the CloudWatch agent runs on the instance.
            MaxMemoryUtilizationPercentage: Amount.optional(),
          })
          .optional(),
      })
      .optional(),
  }),
  ModifyRecommendationDetail: z
    .object({
      TargetInstances: z.array(
        z.object({
          EstimatedMonthlySavings: Amount,
          CurrencyCode: Text.default('USD'),
          DefaultTargetInstance: z.boolean().default(false),
          ResourceDetails: InstanceDetails.optional(),
          PlatformDifferences: z.array(Text).default([]),
        }),
      ),
    })
    .optional(),
  TerminateRecommendationDetail: z
    .object({ EstimatedMonthlySavings: Amount, CurrencyCode: Text.default('USD') })
    .optional(),
});

/** One recommendation of Cost Explorer for an EC2 instance, as far as it is used. */
export type RightsizingRecommendation = z.infer<typeof Recommendation>;

/** What Cost Explorer recommends for EC2 instances. */
export interface Rightsizing {
  recommendations: readonly RightsizingRecommendation[];
  /** Days of utilisation that it looked at; null where it does not say. */
  lookbackDays: number | null;
}

const PAGE_SIZE = 100;
const LOOKBACK_DAYS: Readonly<Record<string, number>> = {
  SEVEN_DAYS: 7,
  THIRTY_DAYS: 30,
  SIXTY_DAYS: 60,
};

/**
 * All pages of GetRightsizingRecommendation, within the family of each instance and beyond it, after what reservations and
 * Savings Plans already cover.
 *
 * @throws ToolError `UPSTREAM_FAILED` when the answer does not hold; else as `readPages`
 */
export async function readRightsizing(
  client: CostExplorerClient,
  budget: CallBudget,
  call: Omit<PaidCall, 'permission'>,
): Promise<Rightsizing> {
  const recommendations: RightsizingRecommendation[] = [];
  let lookbackDays: number | null = null;
  await readPages(
    { ...call, permission: 'ce:GetRightsizingRecommendation' },
    budget,
    (page, options) =>
      client.send(
        new GetRightsizingRecommendationCommand({
          Service: 'AmazonEC2',
          Configuration: {
            RecommendationTarget: 'CROSS_INSTANCE_FAMILY',
            BenefitsConsidered: true,
          },
          PageSize: PAGE_SIZE,
          ...page,
        }),
        options,
      ),
    ({ RightsizingRecommendations = [], Metadata }) => {
      const what = 'AWS left out what belongs to a recommendation.';
      recommendations.push(
        ...parseAnswer(z.array(Recommendation), RightsizingRecommendations, what),
      );
      lookbackDays = LOOKBACK_DAYS[Metadata?.LookbackPeriodInDays ?? ''] ?? lookbackDays;
    },
  );
  return { recommendations, lookbackDays };
}
