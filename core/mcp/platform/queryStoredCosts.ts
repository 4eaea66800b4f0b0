import { z } from 'zod';
import { Currency, Provider, ProviderText } from '../../contracts/scalars.ts';
import { PERIOD_DAYS_MAX } from '../../contracts/usage.ts';
import { daysBetween } from '../../time/day.ts';
import { brief, unlisted } from '../brief.ts';
import { Period } from '../period.ts';
import { defineToolContract } from '../toolContract.ts';
import { field } from './field.ts';
import { PageEnvelope } from '../envelope.ts';
import { PlatformDimension } from './platformDimension.ts';
import { platformArgument } from './platformArgument.ts';

const GROUPS_MAX = 100;
const FORECAST_GROUPS_MAX = 25;
const ROWS_MAX = 300;

const filterText = (description: string) => ProviderText.optional().describe(description);

const Filter = brief(
  z
    .strictObject({
      x_Provider: Provider.optional().describe('Provider'),
      x_ConnectionId: platformArgument.connectionId.optional().describe('Connection'),
      SubAccountId: filterText('Account'),
      ServiceName: filterText('Service'),
      RegionId: filterText('Region'),
      BillingCurrency: Currency.optional().describe('ISO 4217'),
    })
    .default({}),
  'Exact values, all of which must match: x_Provider (aws, gcp, azure, openai, anthropic), x_ConnectionId, SubAccountId, ServiceName, RegionId, BillingCurrency',
);

/** Arguments of the platform's `query_costs`. */
export const QueryStoredCostsInput = z
  .strictObject({
    period: Period.refine(({ start, end }) => daysBetween(start, end) <= PERIOD_DAYS_MAX, {
      path: ['end'],
      message: `must be at most ${PERIOD_DAYS_MAX} days after start`,
    }),
    granularity: z
      .enum(['DAY', 'MONTH', 'TOTAL'])
      .default('TOTAL')
      .describe('Length of a row’s period; TOTAL is one row a group'),
    groupBy: PlatformDimension.default('ServiceName').describe('Dimension'),
    filter: Filter,
    groups: z
      .int()
      .min(1)
      .max(GROUPS_MAX)
      .default(12)
      .describe('Largest groups to show apart; the others are summed in one'),
    forecast: z
      .boolean()
      .default(false)
      .describe('Also forecast to the end of the month; then groups is at most 25'),
    limit: z.int().min(1).max(ROWS_MAX).default(100).describe('Rows on a page'),
    cursor: brief(
      z.string().min(1).max(2048).optional(),
      'nextCursor, with the same other arguments',
    ),
  })
  .refine(({ forecast, groups }) => !forecast || groups <= FORECAST_GROUPS_MAX, {
    path: ['groups'],
    message: `must be at most ${FORECAST_GROUPS_MAX} with forecast`,
  });

/** Arguments of the platform's `query_costs` with their defaults filled in. */
export type QueryStoredCostsInput = z.infer<typeof QueryStoredCostsInput>;

/** Costs of one group in one period. */
export const StoredCostRow = brief(
  z.object({
    ChargePeriodStart: field.day('First UTC day'),
    ChargePeriodEnd: field.day('Day after the last'),
    key: field.textOrNull('Value of the dimension; null: none, or all others'),
    label: field.text('What it is called'),
    isRemainder: field.flag('All groups beyond the largest, summed'),
    BilledCost: field.amount('Exact decimal'),
    BillingCurrency: field.text('ISO 4217'),
  }),
  'ChargePeriodStart, ChargePeriodEnd (excluded), key (value of groupBy), label, isRemainder (all other groups), BilledCost, BillingCurrency',
);

/** Costs of one group in one period. */
export type StoredCostRow = z.infer<typeof StoredCostRow>;

/** What some rows come to in one currency. */
export const StoredCostSum = brief(
  z.object({
    BillingCurrency: field.text('ISO 4217'),
    BilledCost: field.amount('Exact decimal'),
  }),
  'BillingCurrency, BilledCost',
);

const Forecast = brief(
  z.object({
    key: field.textOrNull('Value of the dimension; null: none, or all others'),
    label: field.text('What it is called'),
    isTotal: field.flag('All groups of the currency together'),
    BillingCurrency: field.text('ISO 4217'),
    until: field.day('Last day of the month, included'),
    actualToDate: field.amount('Cost of the month so far'),
    expected: field.amount('Expected for the whole month'),
    lower: field.amount('Lower end of the 95% interval'),
    upper: field.amount('Upper end of it'),
  }),
  'key, label, isTotal, BillingCurrency, until, actualToDate, expected, lower, upper (95%)',
);

/** Stored costs of a period by time and one dimension. */
export const queryStoredCostsContract = defineToolContract({
  name: 'query_costs',
  title: 'Query stored costs',
  description:
    'Costs that CostGuard has stored, over all providers, by day, month or in total and by one dimension. Free: no ' +
    'provider is asked. Amounts are exact decimals, never summed across currencies; rows and Remainder come to Total.',
  input: QueryStoredCostsInput,
  output: z.object({
    rows: z.array(StoredCostRow).describe('By group, then time'),
    ...PageEnvelope,
    Total: z.array(StoredCostSum).describe('All rows of all pages'),
    Remainder: z.array(StoredCostSum).describe('Rows not here'),
    forecasts: z.array(Forecast).optional().describe('Only with forecast'),
    dataUntil: field.dayOrNull('Newest day with costs in the period'),
    notes: unlisted(z.array(z.string()), 'What to know of this result'),
  }),
});
