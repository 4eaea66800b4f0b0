import { z } from 'zod';

/** Dimensions of Cost Explorer that the demo account knows. */
const CE_DIMENSIONS = [
  'SERVICE',
  'USAGE_TYPE',
  'REGION',
  'LINKED_ACCOUNT',
  'RECORD_TYPE',
  'PURCHASE_TYPE',
] as const;

/** A dimension of Cost Explorer that the demo account knows. */
export type CeDimension = (typeof CE_DIMENSIONS)[number];

/** A condition of a request: exactly one of the four. */
export interface CeExpression {
  And?: CeExpression[] | undefined;
  Or?: CeExpression[] | undefined;
  Not?: CeExpression | undefined;
  Dimensions?: { Key: CeDimension; Values: string[] } | undefined;
}

const Expression: z.ZodType<CeExpression> = z
  .strictObject({
    get And() {
      return z.array(Expression).min(2).optional();
    },
    get Or() {
      return z.array(Expression).min(2).optional();
    },
    get Not() {
      return Expression.optional();
    },
    Dimensions: z
      .strictObject({
        Key: z.enum(CE_DIMENSIONS),
        Values: z.array(z.string()).min(1),
        MatchOptions: z.array(z.enum(['EQUALS', 'CASE_SENSITIVE'])).optional(),
      })
      .optional(),
  })
  .refine((value) => Object.values(value).filter((part) => part !== undefined).length === 1, {
    message: 'Expression must have exactly one root element',
  });

/** Metrics that the demo account knows; without discounts of any kind all costs are the same. */
const CE_METRICS = [
  'UnblendedCost',
  'BlendedCost',
  'AmortizedCost',
  'NetAmortizedCost',
  'NetUnblendedCost',
  'UsageQuantity',
] as const;

/** A metric that the demo account knows. */
export type CeMetric = (typeof CE_METRICS)[number];

/**
 * A GetCostAndUsage request that the demo account can answer. It is strict: what it does not know it refuses, for a
 * filter that was passed over would give a wrong sum.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
 */
export const CostAndUsageRequest = z.strictObject({
  TimePeriod: z
    .strictObject({ Start: z.iso.date(), End: z.iso.date() })
    .refine(({ Start, End }) => Start < End, {
      message: 'Start date (and hour) should be before end date (and hour)',
    }),
  Granularity: z.enum(['DAILY', 'MONTHLY']),
  Metrics: z.array(z.enum(CE_METRICS)).min(1),
  GroupBy: z
    .array(z.strictObject({ Type: z.literal('DIMENSION'), Key: z.enum(CE_DIMENSIONS) }))
    .max(2)
    .optional(),
  Filter: Expression.optional(),
  NextPageToken: z.string().min(1).optional(),
});

/** A GetCostAndUsage request that the demo account can answer. */
export type CostAndUsageRequest = z.infer<typeof CostAndUsageRequest>;
