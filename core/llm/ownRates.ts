import type { LlmMeter } from './meters.ts';
import type { Rate } from './modelRate.ts';
import type { LlmUse } from './price.ts';

/** A rate, with the first UTC day on which it no longer held. */
interface OwnRate extends Rate {
  until?: string;
}

/** What the uses of a model cost beside what the package lists; `*` stands for every model, and for use that names none. */
type OwnRates = Readonly<Record<string, Partial<Record<LlmMeter, OwnRate>>>>;

/**
 * Rates that `@pydantic/genai-prices` leaves out, as the provider's price page printed them on 2026-11-26:
 * https://developers.openai.com/api/docs/pricing. Sessions of the code interpreter (a container of 1 GB, the default) have
 * been billed by the minute since 2026-06-02 (https://developers.openai.com/api/docs/changelog), which the count of sessions
 * does not tell. Images are left out, since their price depends on a size that the usage reports do not tell, and storage, since
 * the first gigabyte of an organisation is free.
 */
export const OWN_RATES: Readonly<Record<LlmUse['provider'], OwnRates>> = {
  openai: {
    'tts-1': { characters: { usd: '15', per: 1_000_000 } },
    'tts-1-hd': { characters: { usd: '30', per: 1_000_000 } },
    '*': {
      file_search: { usd: '2.5', per: 1000 },
      code_interpreter: { usd: '0.03', per: 1, until: '2026-06-02' },
    },
  },
  anthropic: {},
};
