import { describe, expect, test } from 'vitest';
import { LLM_METERS, type LlmMeter } from './meters.ts';
import type { LlmUse } from './price.ts';
import { priceLlmUse } from './priceLlmUse.ts';

/** What a thousand units of a kind cost with one model, USD or `unpriced`; `more` is how much it may be beyond. */
type Expected = [model: string, usd: string, more?: string];

/** By the providers' price pages, 2026-11-26. A kind that is added without a price of its own does not compile here. */
const EXPECTED: Record<LlmUse['provider'], Record<LlmMeter, Expected>> = {
  openai: {
    input: ['gpt-5', '0.00125'],
    input_audio: ['gpt-realtime', '0.032'],
    input_image: ['gpt-image-1', '0.01'],
    cache_read: ['gpt-5', '0.000125'],
    cache_read_audio: ['gpt-realtime', '0.0004'],
    cache_read_image: ['gpt-image-1', '0.0025'],
    cache_write: ['gpt-5.6-sol', '0.005'],
    // Not kinds of OpenAI's.
    cache_write_5m: ['gpt-5.6-sol', '0.005'],
    cache_write_1h: ['gpt-5.6-sol', 'unpriced'],
    output: ['gpt-5', '0.01'],
    output_audio: ['gpt-realtime', '0.064'],
    output_image: ['gpt-image-1.5', '0.032'],
    reasoning: ['gpt-5', '0.01'],
    web_search: ['gpt-4.1', '10', '15'],
    file_search: ['', '2.5'],
    // Billed by the minute, which is not told.
    code_interpreter: ['', 'unpriced'],
    // Size and quality are not told.
    images: ['dall-e-3', 'unpriced'],
    characters: ['tts-1', '0.015'],
    seconds: ['whisper-1', '0.1'],
    // The first gigabyte of an organisation is free.
    storage: ['', 'unpriced'],
  },
  anthropic: {
    input: ['claude-opus-5', '0.005'],
    input_audio: ['claude-opus-5', 'unpriced'],
    input_image: ['claude-opus-5', '0.005'],
    cache_read: ['claude-opus-5', '0.0005'],
    cache_read_audio: ['claude-opus-5', 'unpriced'],
    cache_read_image: ['claude-opus-5', '0.0005'],
    cache_write: ['claude-opus-5', '0.00625', '0.00375'],
    cache_write_5m: ['claude-opus-5', '0.00625'],
    cache_write_1h: ['claude-opus-5', '0.01'],
    output: ['claude-opus-5', '0.025'],
    output_audio: ['claude-opus-5', 'unpriced'],
    output_image: ['claude-opus-5', '0.025'],
    reasoning: ['claude-opus-5', '0.025'],
    web_search: ['', '10'],
    file_search: ['claude-opus-5', 'unpriced'],
    code_interpreter: ['claude-opus-5', 'unpriced'],
    images: ['claude-opus-5', 'unpriced'],
    characters: ['claude-opus-5', 'unpriced'],
    seconds: ['claude-opus-5', 'unpriced'],
    storage: ['claude-opus-5', 'unpriced'],
  },
};

const TIERS = ['', 'batch', 'flex', 'priority', 'nonsense'];

const price = (
  provider: LlmUse['provider'],
  model: string,
  meter: LlmMeter,
  serviceTier = 'standard',
) =>
  priceLlmUse(
    {
      ...{ provider, model, serviceTier, contextWindow: '', requestInputTokens: '1000' },
      units: { [meter]: '1000' },
      at: '2026-11-20T00:00:00Z',
    },
    [],
  );

describe.each(['openai', 'anthropic'] as const)('%s', (provider) => {
  test.each(LLM_METERS)('has a price for %s or says that it has none', (meter) => {
    const [model, usd, more] = EXPECTED[provider][meter];
    const { cost, unpriced, mayAdd } = price(provider, model, meter);
    expect([cost, unpriced, mayAdd[meter]]).toEqual(
      usd === 'unpriced' ? [null, [meter], undefined] : [usd, [], more],
    );
  });

  test.each(LLM_METERS)('%s is never zero, with no model and at no tier', (meter) => {
    for (const model of [EXPECTED[provider][meter][0], 'nobody-knows-this', '']) {
      for (const tier of TIERS) {
        const { cost, unpriced } = price(provider, model, meter, tier);
        if (cost === null) expect(unpriced).toEqual([meter]);
        else expect(Number(cost)).toBeGreaterThan(0);
      }
    }
  });
});

test('only what the provider says is free costs nothing: OpenAI’s moderation', () => {
  expect(price('openai', 'omni-moderation-latest', 'input')).toMatchObject({
    cost: '0',
    unpriced: [],
    priceSource: 'provider price page',
  });
  expect(price('openai', 'omni-moderation-next', 'input').cost).toBeNull();
});
