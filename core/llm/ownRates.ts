import type { LlmMeter } from './meters.ts';
import type { Rate } from './modelRate.ts';
import type { LlmUse } from './price.ts';

/** A rate, with the first UTC day on which it no longer held. */
interface OwnRate extends Rate {
  until?: string;
}

/** What the uses of a model cost beside what the package lists; `*` stands for every model, and for use that names none. */
type OwnRates = Readonly<Record<string, Partial<Record<LlmMeter, OwnRate>>>>;

/** OpenAI's models that say whether a text may be shown. */
const MODERATION = [
  'omni-moderation-2024-09-26',
  'omni-moderation-latest',
  'text-moderation-007',
  'text-moderation-latest',
  'text-moderation-stable',
];

/**
 * Rates that `@pydantic/genai-prices` leaves out, as the provider's price page printed them on 2026-11-26:
 * https://developers.openai.com/api/docs/pricing, https://platform.claude.com/docs/en/about-claude/pricing. OpenAI's
 * moderation is free (https://developers.openai.com/api/docs/guides/moderation). Sessions of the code interpreter (a container of
 * 1 GB, the default) have been billed by the minute since 2026-06-02 (https://developers.openai.com/api/docs/changelog),
 * which the count of sessions does not tell. Left out are images, whose price depends on a size and a quality that the usage
 * reports do not tell, and storage (0.10 USD for 2^30 bytes and day), of which the first gigabyte of an organisation is free.
 */
export const OWN_RATES: Readonly<Record<LlmUse['provider'], OwnRates>> = {
  openai: {
    'tts-1': { characters: { usd: '15', per: 1_000_000 } },
    'tts-1-hd': { characters: { usd: '30', per: 1_000_000 } },
    ...Object.fromEntries(
      MODERATION.map((model) => [model, { input: { usd: '0', per: 1_000_000 } }]),
    ),
    '*': {
      file_search: { usd: '2.5', per: 1000 },
      code_interpreter: { usd: '0.03', per: 1, until: '2026-06-02' },
    },
  },
  anthropic: { '*': { web_search: { usd: '10', per: 1000 } } },
};

/** A rate beside the listed one, of which no report tells when it holds; for as many units as the listed one. */
interface HigherRate {
  provider: LlmUse['provider'];
  models: RegExp;
  meter: LlmMeter;
  usd: string;
}

/**
 * OpenAI's web search is 10 USD for 1,000 calls, and 25 in its preview with models that do not reason: the report counts the
 * calls of both as one.
 *
 * @see https://developers.openai.com/api/docs/pricing, as of 2026-11-26
 */
export const HIGHER_RATES: readonly HigherRate[] = [
  { provider: 'openai', models: /^gpt-4/, meter: 'web_search', usd: '25' },
];
