import { calcPrice, type TieredPrices } from '@pydantic/genai-prices';
import { type ContextRate, longContextRate } from './longContextRate.ts';
import type { LlmMeter } from './meters.ts';
import { HIGHER_RATES, OWN_RATES } from './ownRates.ts';
import type { LlmUse } from './price.ts';

/** Which request a rate holds for, as far as it is known. */
export type RateQuery = Omit<LlmUse, 'serviceTier'>;

/** USD for `per` units. A rate is kept as the page prints it and divided only after the multiplication. */
export interface Rate {
  usd: string;
  per: number;
}

/** A rate at the standard service tier and who lists it. */
export interface ListedRate extends Rate {
  source: string;
  /** The higher of two rates, where the use does not tell that it is not the one that holds. */
  usdMax?: string;
}

/** The package's name and version as it is stored with each price. */
const PRICE_PACKAGE = '@pydantic/genai-prices 0.1.8';

type Published = Record<string, number | TieredPrices | undefined>;

/** Who lists a rate of `OWN_RATES`. */
const PRICE_PAGE = 'provider price page';

/** Who lists rates, the more important first. */
export const LIST_SOURCES: readonly string[] = [PRICE_PACKAGE, PRICE_PAGE];

/**
 * The published rate of one kind of use, from `@pydantic/genai-prices` and, for what it leaves out, from `OWN_RATES`; undefined
 * where neither has one. Long requests have rates of their own (`longContextRate`).
 */
export function modelRate(query: RateQuery, meter: LlmMeter): ListedRate | undefined {
  const day = query.at.slice(0, 10);
  const published = publishedRates(query.provider, query.model, day);
  const rate = published === undefined ? undefined : publishedRate(published, meter, query);
  if (rate !== undefined) return { ...rate, ...higherRate(query, meter), source: PRICE_PACKAGE };
  const own = OWN_RATES[query.provider];
  const listed = own[query.model]?.[meter] ?? own['*']?.[meter];
  if (listed === undefined || (listed.until !== undefined && day >= listed.until)) return undefined;
  return { usd: listed.usd, per: listed.per, source: PRICE_PAGE };
}

function publishedRate(
  published: Published,
  meter: LlmMeter,
  query: RateQuery,
): Omit<ListedRate, 'source'> | undefined {
  for (const [key, per] of keysOf(query, meter)) {
    const listed = published[key];
    if (listed === undefined) continue;
    const rate = contextRate(listed, query);
    // A write whose life is not told may have the longer one.
    const longer = meter === 'cache_write' ? published['cache_write_1h_mtok'] : undefined;
    const most = longer === undefined ? rate : contextRate(longer, query);
    const usdMax = most.usdMax ?? most.usd;
    return {
      usd: String(rate.usd),
      per,
      ...(usdMax > rate.usd && { usdMax: String(usdMax) }),
    };
  }
  return undefined;
}

const contextRate = (listed: number | TieredPrices, query: RateQuery): ContextRate =>
  typeof listed === 'number' ? { usd: listed } : longContextRate(listed, query);

/** The other rate of a kind of use that has two by what a report does not tell. */
function higherRate({ provider, model }: RateQuery, meter: LlmMeter): { usdMax?: string } {
  const found = HIGHER_RATES.find(
    (rate) => rate.provider === provider && rate.meter === meter && rate.models.test(model),
  );
  return found === undefined ? {} : { usdMax: found.usd };
}

type Key = readonly [key: string, per: number];
const MILLION = 1_000_000;
const THOUSAND = 1000;
const SECONDS_PER_HOUR = 3600;
const INPUT: Key = ['input_mtok', MILLION];
const CACHE_READ: Key = ['cache_read_mtok', MILLION];
const CACHE_WRITE: Key = ['cache_write_mtok', MILLION];
const OUTPUT: Key = ['output_mtok', MILLION];

/**
 * Where the package lists a kind of use; of several the first that is there holds. Audio never falls back to text, whose
 * rate is many times lower; images do where a model has one rate for both.
 */
const KEYS: Partial<Record<LlmMeter, readonly Key[]>> = {
  input: [INPUT],
  input_audio: [['input_audio_mtok', MILLION]],
  input_image: [['input_image_mtok', MILLION], INPUT],
  cache_read: [CACHE_READ],
  cache_read_audio: [['cache_audio_read_mtok', MILLION]],
  cache_read_image: [['cache_image_read_mtok', MILLION], CACHE_READ],
  // A write whose life is not told has the default one, which is the short one.
  cache_write: [CACHE_WRITE],
  cache_write_5m: [CACHE_WRITE],
  cache_write_1h: [['cache_write_1h_mtok', MILLION]],
  output: [OUTPUT],
  output_audio: [['output_audio_mtok', MILLION]],
  output_image: [['output_image_mtok', MILLION], OUTPUT],
  reasoning: [OUTPUT],
  web_search: [['web_searches_kcount', THOUSAND]],
  file_search: [['storage_searches_kcount', THOUSAND]],
  seconds: [
    ['input_audio_hours', SECONDS_PER_HOUR],
    ['audio_hours', SECONDS_PER_HOUR],
  ],
};

/**
 * OpenAI bills writes to the cache as fresh input where its price page lists no rate of their own, and reads of it with its
 * `pro` models, which have no cached price. Of fine-tuned models that is not known.
 */
function keysOf({ provider, model }: RateQuery, meter: LlmMeter): readonly Key[] {
  const keys = KEYS[meter] ?? [];
  if (provider !== 'openai' || model.startsWith('ft:')) return keys;
  const isInput = meter === 'cache_write' || (meter === 'cache_read' && /-pro(-|$)/.test(model));
  return isInput ? [...keys, INPUT] : keys;
}

const known = new Map<string, Published | undefined>();
const KNOWN_MAX = 4096;

/** Rates change by the day, and looking a model up costs more than pricing a call: the answers are kept. */
function publishedRates(
  provider: LlmUse['provider'],
  model: string,
  day: string,
): Published | undefined {
  const key = `${provider} ${day} ${model}`;
  if (known.has(key)) return known.get(key);
  // Noon: a price that starts on a day holds for that UTC day.
  const found = calcPrice({}, model, {
    providerId: provider,
    timestamp: new Date(`${day}T12:00:00Z`),
  });
  const rates =
    found === null || !isSameVersion(model, found.model.id) ? undefined : found.model_price;
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(key, rates);
  return rates;
}

/** The package matches some models by their beginning, so that `claude-sonnet-5-2` would be taken for `claude-sonnet-5`. */
function isSameVersion(model: string, listed: string): boolean {
  const asked = versionOf(model);
  const found = versionOf(listed);
  return asked === undefined || found === undefined || asked === found;
}

function versionOf(model: string): string | undefined {
  const match = /^claude-[a-z]+-(\d{1,2})(?:[-.](\d{1,2}))?(?=$|[-@.:])/.exec(model);
  return match === null ? undefined : `${match[1] ?? ''}.${match[2] ?? '0'}`;
}
