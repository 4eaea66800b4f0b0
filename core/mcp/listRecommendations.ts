import { z } from 'zod';
import { argument } from './arguments.ts';
import { brief } from './brief.ts';
import { ExactDecimal } from './costRow.ts';
import { AnswerEnvelope, PageEnvelope } from './envelope.ts';
import { defineToolContract } from './toolContract.ts';

/** What a recommendation is about. */
export const RecommendationCategory = z.enum(['rightsizing', 'idle', 'commitment', 'storage']);

/** What a recommendation is about. */
export type RecommendationCategory = z.infer<typeof RecommendationCategory>;

/** Arguments of `list_recommendations`. */
export const ListRecommendationsInput = z.strictObject({
  category: RecommendationCategory.optional().describe('Only these'),
  minSaving: argument.minAmount.describe('Least monthly saving shown, decimal'),
  connectionId: argument.connectionId,
  limit: argument.limit,
  cursor: argument.cursor,
});

/** Arguments of `list_recommendations` with their defaults filled in. */
export type ListRecommendationsInput = z.infer<typeof ListRecommendationsInput>;

const column = (description: string) => z.string().nullable().describe(description);

const RecommendationRow = brief(
  z.object({
    id: z.string().describe('Stable for the same advice'),
    category: RecommendationCategory.describe('What it is about'),
    kind: z.string().describe('What to do, for instance resize or terminate'),
    ResourceId: z.string().describe('Resource'),
    ResourceName: column('Its name'),
    ResourceType: column('Its type'),
    RegionId: column('Its region'),
    SubAccountId: column('Its account'),
    current: column('What it is now, for instance m5.xlarge'),
    recommended: column('What it should be; null: nothing'),
    MonthlySaving: ExactDecimal.describe('Expected saving a month'),
    BillingCurrency: z.string().describe('ISO 4217'),
    basis: z.string().describe('What the saving was estimated from'),
    risk: z.enum(['low', 'medium', 'high']).describe('Of doing it'),
    reasons: z.array(z.string()).describe('Provider’s reasons and cautions'),
    source: z.string().describe('Provider’s service that says so'),
    x_CpuMaxPercent: column('Highest CPU use that it looked at; null: not said'),
    x_MemoryMaxPercent: column('Highest memory use that it looked at; null: not measured'),
  }),
  'id, category, kind, ResourceId, ResourceName, ResourceType, RegionId, SubAccountId, current, recommended, MonthlySaving, BillingCurrency, basis, risk, reasons, source, x_CpuMaxPercent, x_MemoryMaxPercent (null: not measured)',
);

/** Something that the provider recommends. */
export type RecommendationRow = z.infer<typeof RecommendationRow>;

/** Result of `list_recommendations`. */
export const ListRecommendationsOutput = z.object({
  rows: z.array(RecommendationRow).describe('Recommendations, largest saving first'),
  ...PageEnvelope,
  ...AnswerEnvelope,
});

/** What the provider recommends to save. */
export const listRecommendationsContract = defineToolContract({
  name: 'list_recommendations',
  title: 'List the provider’s recommendations',
  description:
    'What the provider recommends to save money, with expected saving, its basis and the risk. It only reads: acting on ' +
    'a recommendation happens elsewhere.',
  input: ListRecommendationsInput,
  output: ListRecommendationsOutput,
});
