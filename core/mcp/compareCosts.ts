import { z } from 'zod';
import { argument } from './arguments.ts';
import { brief, unlisted } from './brief.ts';
import { checkFilter, CostFilter } from './costFilter.ts';
import { ExactDecimal } from './costRow.ts';
import { AnswerEnvelope } from './envelope.ts';
import { Dimension } from './dimension.ts';
import { COST_METRICS } from './metric.ts';
import { Period } from './period.ts';
import { defineToolContract } from './toolContract.ts';

const TOP_MAX = 100;
const TOP_DEFAULT = 20;

/** Arguments of `compare_costs`. */
export const CompareCostsInput = z
  .strictObject({
    periodA: Period.describe('Before'),
    periodB: Period.describe('After'),
    groupBy: z
      .array(Dimension)
      .min(1)
      .max(2)
      .default(['ServiceName'])
      .describe('One or two dimensions'),
    metric: z.enum(COST_METRICS).default('BilledCost').describe('What is compared'),
    filter: CostFilter,
    connectionIds: argument.connectionIds,
    topN: z.int().min(1).max(TOP_MAX).default(TOP_DEFAULT).describe('Largest changes shown'),
  })
  .superRefine(checkFilter);

/** Arguments of `compare_costs` with their defaults filled in. */
export type CompareCostsInput = z.infer<typeof CompareCostsInput>;

const amounts = {
  BillingCurrency: z.string().describe('ISO 4217'),
  A: ExactDecimal.describe('Before, exact decimal'),
  B: ExactDecimal.describe('After, exact decimal'),
  Delta: ExactDecimal.describe('B - A, exact decimal'),
  DeltaPercent: z.number().nullable().describe('Delta in percent of A; null: A is 0'),
};

/** How the costs of one group changed; besides these it has the grouped columns. */
export const ComparisonRow = brief(
  z.looseObject({
    ...amounts,
    ShareOfDelta: z.number().nullable().describe('Percent of the total Delta; null: that is 0'),
    isNew: z.boolean().describe('Cost nothing before'),
    isGone: z.boolean().describe('Costs nothing now'),
  }),
  'Grouped columns, BillingCurrency, A, B, Delta, DeltaPercent, ShareOfDelta (percent), isNew, isGone',
);

/** How the costs of one group changed. */
export type ComparisonRow = z.infer<typeof ComparisonRow>;

/** How the costs of several groups changed, in one currency. */
export const ComparisonSum = brief(
  z.object({ ...amounts, count: z.int().nonnegative().describe('Groups') }),
  'BillingCurrency, count of groups, A, B, Delta, DeltaPercent',
);

/** How the costs of several groups changed, in one currency. */
export type ComparisonSum = z.infer<typeof ComparisonSum>;

/** Result of `compare_costs`. */
export const CompareCostsOutput = z.object({
  rows: z.array(ComparisonRow).describe('Groups, largest change first'),
  derivedColumns: unlisted(z.array(z.string()), 'Columns that follow from the grouped ones'),
  Total: brief(
    z.array(ComparisonSum),
    'All groups by currency: BillingCurrency, count, A, B, Delta, DeltaPercent',
  ),
  Remainder: brief(z.array(ComparisonSum), 'Groups not here: rows + Remainder = Total'),
  ...AnswerEnvelope,
  currencies: unlisted(z.array(z.string()), 'Currencies present; never summed across'),
});

/** Result of `compare_costs`. */
export type CompareCostsOutput = z.infer<typeof CompareCostsOutput>;

/** What changed between two periods, and what drove it. */
export const compareCostsContract = defineToolContract({
  name: 'compare_costs',
  title: 'Compare two periods',
  description:
    'What changed between two periods, by one or two dimensions: before, after, difference, share of the whole change, ' +
    'new and vanished groups. The first tool for "why did costs rise". Take periods of equal length.',
  input: CompareCostsInput,
  output: CompareCostsOutput,
});
