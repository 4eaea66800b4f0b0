import { z } from 'zod';
import { pageOf, PageQuery } from './page.ts';
import {
  Currency,
  Day,
  DecimalText,
  Id,
  Instant,
  PositiveDecimalText,
  Provider,
  ProviderText,
  ShortText,
} from './scalars.ts';
import { CostForecast } from './usage.ts';

const LLM_PROVIDERS = ['openai', 'anthropic'];
const HAS_LLM_FIELD = {
  anyOf: ['apiKeyId', 'model', 'userTag'].map((field) => ({ required: [field] })),
};

/**
 * Which costs count, as in the query of costs; a field that is left out does not narrow. A key, a model or a user tag
 * narrows the use of language models, priced by us, in which `account` is the project; the bill names none of the three.
 */
export const BudgetFilter = z
  .strictObject({
    provider: Provider.optional(),
    connectionId: Id.optional(),
    account: ProviderText.optional(),
    service: ProviderText.optional(),
    region: ProviderText.optional(),
    apiKeyId: ProviderText.optional().meta({ description: 'Id of a key, never the key' }),
    model: ProviderText.optional(),
    userTag: ProviderText.optional().meta({ description: 'What calls that are pushed are for' }),
  })
  .refine((filter) => !isLlmFilter(filter) || LLM_PROVIDERS.includes(filter.provider ?? ''), {
    path: ['provider'],
    message: 'must be openai or anthropic for a budget of a key, a model or a user tag',
  })
  .refine((filter) => !isLlmFilter(filter) || (filter.service ?? filter.region) === undefined, {
    path: ['service'],
    message: 'and region do not go with a key, a model or a user tag',
  })
  .meta({
    id: 'BudgetFilter',
    description: 'Which costs count; {} is all of the currency',
    // The two rules, for readers of the document.
    if: HAS_LLM_FIELD,
    then: {
      properties: { provider: { enum: LLM_PROVIDERS } },
      required: ['provider'],
      not: { anyOf: [{ required: ['service'] }, { required: ['region'] }] },
    },
  });

/** Which costs count. */
export type BudgetFilter = z.infer<typeof BudgetFilter>;

/** Whether a filter is about the use of language models, and not about the bill. */
export function isLlmFilter(
  filter: Partial<Record<'apiKeyId' | 'model' | 'userTag', string | undefined>>,
): boolean {
  return (filter.apiKeyId ?? filter.model ?? filter.userTag) !== undefined;
}

/** The calendar period, in UTC, that a budget is for. */
export const BudgetPeriod = z
  .enum(['month', 'quarter'])
  .meta({ id: 'BudgetPeriod', description: 'Calendar period in UTC' });

const Amount = PositiveDecimalText.meta({
  description: 'For one period, in the budget’s currency',
});

const Fractions = z
  .array(
    z
      .number()
      .min(0.01)
      .max(10)
      .overwrite((fraction) => Math.round(fraction * 1000) / 1000),
  )
  .min(1)
  .max(10)
  .refine((fractions) => new Set(fractions).size === fractions.length, 'must not repeat a fraction')
  .meta({
    description:
      'Parts of the amount at which to warn, each once a period; 0.8 is 80%. Rounded to thousandths',
  });

/** A budget to watch. */
export const BudgetCreate = z
  .strictObject({
    name: ShortText.max(100),
    amount: Amount,
    currency: Currency,
    period: BudgetPeriod.default('month'),
    filter: BudgetFilter.default({}),
    fractions: Fractions.default([0.5, 0.8, 1]),
    enabled: z.boolean().default(true),
  })
  .refine(({ filter, currency }) => !isLlmFilter(filter) || currency === 'USD', {
    path: ['currency'],
    message: 'must be USD for a budget of a key, a model or a user tag, whose use is priced in it',
  })
  .meta({
    id: 'BudgetCreate',
    if: { properties: { filter: HAS_LLM_FIELD }, required: ['filter'] },
    then: { properties: { currency: { enum: ['USD'] } } },
  });

/** A budget to watch. */
export type BudgetCreate = z.infer<typeof BudgetCreate>;

/** What of a budget can be changed. Currency and period stay: what was warned about would mean something else. */
export const BudgetPatch = z
  .strictObject({
    name: ShortText.max(100).optional(),
    amount: Amount.optional(),
    filter: BudgetFilter.optional(),
    fractions: Fractions.optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'BudgetPatch' });

/** What of a budget can be changed. */
export type BudgetPatch = z.infer<typeof BudgetPatch>;

/** A budget as stored. */
export const Budget = z.object({
  id: Id,
  name: z.string(),
  amount: DecimalText,
  currency: Currency,
  period: BudgetPeriod,
  filter: BudgetFilter,
  fractions: z.array(z.number()),
  enabled: z.boolean(),
  createdAt: Instant,
  updatedAt: Instant,
});

/** A budget as stored. */
export type Budget = z.infer<typeof Budget>;

/** A warning that was given in the period. */
export const SentBudgetWarning = z
  .object({
    basis: z.enum(['actual', 'forecast']),
    fraction: z.number(),
    actualToDate: DecimalText,
    forecast: DecimalText.nullable(),
    createdAt: Instant,
  })
  .meta({ id: 'BudgetWarning' });

/** A warning that was given in the period. */
export type SentBudgetWarning = z.infer<typeof SentBudgetWarning>;

/** Where a budget stands in the period of the last full UTC day. */
export const BudgetStanding = z
  .object({
    periodStart: Day.meta({ description: 'First day, included' }),
    periodEnd: Day.meta({ description: 'Last day, included' }),
    actualToDate: DecimalText,
    percent: z.number().meta({ description: 'What was spent, in percent of the amount' }),
    forecast: CostForecast.nullable().meta({ description: 'null where nothing can be told' }),
    otherCurrencies: z.int().meta({
      description: 'How many other currencies have costs in this period that do not count',
    }),
    warnings: z
      .array(SentBudgetWarning)
      .meta({ description: 'Given in this period, newest first' }),
  })
  .meta({ id: 'BudgetStanding' });

/** Where a budget stands. */
export type BudgetStanding = z.infer<typeof BudgetStanding>;

/** A budget and where it stands. */
export const BudgetDetail = Budget.extend({ standing: BudgetStanding }).meta({ id: 'Budget' });

/** A budget and where it stands. */
export type BudgetDetail = z.infer<typeof BudgetDetail>;

/** A page of budgets, by name. */
export const BudgetPage = pageOf('BudgetPage', BudgetDetail);

/** How budgets are listed. */
export const BudgetListQuery = z.strictObject(PageQuery);
