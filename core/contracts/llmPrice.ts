import { z } from 'zod';
import { LLM_METERS, type LlmMeter } from '../llm/meters.ts';
import { Day, Id, Instant, NonNegativeDecimalText, plainText, ShortText } from './scalars.ts';

/** The providers of language models whose use is counted. */
export const LlmProvider = z
  .enum(['openai', 'anthropic'])
  .meta({ id: 'LlmProvider', description: 'Provider of language models' });

/** A kind of use of a language model. */
export const LlmMeterContract = z
  .enum(LLM_METERS)
  .meta({ id: 'LlmMeter', description: 'A kind of use of a model; the kinds are disjoint' });

/** Rates by kind of use. */
export const LlmRates = z
  .strictObject(
    Object.fromEntries(
      LLM_METERS.map((meter) => [meter, NonNegativeDecimalText.optional()]),
    ) as Record<LlmMeter, z.ZodOptional<typeof NonNegativeDecimalText>>,
  )
  .refine((rates) => Object.keys(rates).length > 0, 'must have a rate')
  .meta({
    id: 'LlmRates',
    minProperties: 1,
    description:
      'USD at the standard tier: for a million tokens, or for one search, session, image, character or second',
  });

// Seen in model names: letters, digits and . _ : / @ - and, in names of fine-tuned models, spaces and commas.
const Model = plainText(200)
  .regex(/^[^*]*\*?$/, 'may have * at its end only')
  .meta({ description: 'A model, or the beginning of its name and *', example: 'claude-opus-*' });

/** A price to set; the one of the same provider, model and day is replaced. */
export const LlmPricePut = z
  .strictObject({
    provider: LlmProvider,
    model: Model,
    validFrom: Day.meta({ description: 'First UTC day on which it holds, until a newer one' }),
    rates: LlmRates,
    reason: ShortText.optional(),
  })
  .meta({ id: 'LlmPricePut' });

/** A price to set. */
export type LlmPricePut = z.infer<typeof LlmPricePut>;

/** A price that a person set in place of the published one. */
export const LlmPriceDetail = z
  .object({
    id: Id,
    provider: LlmProvider,
    model: z.string(),
    validFrom: Day,
    rates: LlmRates,
    reason: z.string().nullable(),
    createdBy: z.string().meta({ description: 'Who set it' }),
    createdAt: Instant,
  })
  .meta({ id: 'LlmPrice' });

/** A price that a person set in place of the published one. */
export type LlmPriceDetail = z.infer<typeof LlmPriceDetail>;

/** All prices that people set. */
export const LlmPriceList = z
  .object({ items: z.array(LlmPriceDetail) })
  .meta({ id: 'LlmPriceList' });

/** A price as it was set, and what it changed. */
export const LlmPriceChange = z
  .object({
    price: LlmPriceDetail,
    repriced: z.int().nonnegative().meta({ description: 'Stored rows of use whose cost changed' }),
  })
  .meta({ id: 'LlmPriceChange' });

/** How use without a price is asked for. */
export const UnpricedQuery = z.strictObject({
  from: Day.optional().meta({ description: 'First UTC day; default is all that is kept' }),
});

/** Use of one model that has no known price. */
export const UnpricedModel = z
  .object({
    provider: LlmProvider,
    model: z.string().meta({ description: 'Empty where the report names none' }),
    units: z
      .partialRecord(LlmMeterContract, z.string())
      .meta({ description: 'How much of each kind has no price: tokens, calls, …' }),
    tokens: z.string().meta({ description: 'Tokens among them' }),
    since: Instant.meta({ description: 'Start of the first bucket with such use' }),
    until: Instant.meta({ description: 'Start of the last one' }),
  })
  .meta({ id: 'UnpricedModel' });

/** Use of one model that has no known price. */
export type UnpricedModel = z.infer<typeof UnpricedModel>;

/** Models whose use has no known price. */
export const UnpricedModels = z
  .object({ items: z.array(UnpricedModel) })
  .meta({ id: 'UnpricedModels' });
