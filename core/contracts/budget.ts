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
const hasOneOf = (...fields: string[]) => ({
  anyOf: fields.map((field) => ({ required: [field] })),
});
const NAMES_USE = hasOneOf('apiKeyId', 'model', 'userTag');
const SUMS_USE = hasOneOf('apiKeyId', 'model', 'userTag', 'counts');

/**
 * Which costs count, as in the query of costs; a field that is left out does not narrow. `counts`, or a key, a model or a
 * user tag, counts the use of language models, priced by us, in which `account` is the project; the bill names none of
 * the three. A team narrows to what it was given, as it stands now.
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
    counts: z.literal('llm_use').optional().meta({
      description: 'Counts the use of language models, as it is priced here, and not the bill',
    }),
    teamId: Id.optional().meta({
      description: 'Only what this team was given; its members alone see such a budget',
    }),
  })
  .refine((filter) => !isLlmFilter(filter) || hasLlmProvider(filter), {
    path: ['provider'],
    message:
      'must be openai or anthropic for a budget of a key, a model or a user tag, and one of them or none for one of language models',
  })
  .refine((filter) => !isLlmFilter(filter) || (filter.service ?? filter.region) === undefined, {
    path: ['service'],
    message: 'and region do not go with the use of language models',
  })
  .meta({
    id: 'BudgetFilter',
    description: 'Which costs count; {} is all of the currency',
    // The rules, for readers of the document.
    allOf: [
      {
        if: SUMS_USE,
        then: {
          properties: { provider: { enum: LLM_PROVIDERS } },
          not: hasOneOf('service', 'region'),
        },
      },
      { if: NAMES_USE, then: { required: ['provider'] } },
    ],
  });

/** Which costs count. */
export type BudgetFilter = z.infer<typeof BudgetFilter>;

type UseFields = Partial<
  Record<'apiKeyId' | 'model' | 'userTag' | 'counts' | 'provider', string | undefined>
>;

/** Whether a filter is about the use of language models, and not about the bill. */
export function isLlmFilter(filter: UseFields): boolean {
  return namesUse(filter) || filter.counts !== undefined;
}

const namesUse = ({ apiKeyId, model, userTag }: UseFields): boolean =>
  (apiKeyId ?? model ?? userTag) !== undefined;

/** A key, a model and a user tag are one provider's own. */
function hasLlmProvider(filter: UseFields): boolean {
  return filter.provider === undefined
    ? !namesUse(filter)
    : LLM_PROVIDERS.includes(filter.provider);
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
  .overwrite((fractions) => [...new Set(fractions)])
  .meta({
    description:
      'Parts of the amount at which to warn, each once a period; 0.8 is 80%. Rounded to thousandths; one that is named twice counts once',
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
    message: 'must be USD for a budget of the use of language models, which is priced in it',
  })
  .meta({
    id: 'BudgetCreate',
    if: { properties: { filter: SUMS_USE }, required: ['filter'] },
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
