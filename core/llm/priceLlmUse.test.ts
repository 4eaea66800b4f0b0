import { describe, expect, it } from 'vitest';
import type { LlmUnits } from './meters.ts';
import type { LlmPriceOverride, LlmUse } from './price.ts';
import { priceLlmUse } from './priceLlmUse.ts';

function use(model: string, units: LlmUnits, more: Partial<LlmUse> = {}): LlmUse {
  return {
    provider: model.startsWith('claude') ? 'anthropic' : 'openai',
    model,
    units,
    at: '2026-11-20T10:00:00Z',
    serviceTier: 'standard',
    contextWindow: '',
    ...more,
  };
}
const cost = (...args: Parameters<typeof use>) => priceLlmUse(use(...args), []).cost;
const MILLION = '1000000';

describe('priceLlmUse', () => {
  it('prices each kind of use apart and exactly', () => {
    const units: LlmUnits = {
      input: MILLION,
      cache_read: MILLION,
      cache_write_5m: MILLION,
      cache_write_1h: MILLION,
      output: MILLION,
      reasoning: '3',
      web_search: '7',
    };
    expect(priceLlmUse(use('claude-opus-5-5', units), [])).toEqual({
      cost: '37.27006',
      parts: {
        input: '4',
        cache_read: '0.2',
        cache_write_5m: '5',
        cache_write_1h: '8',
        output: '20',
        reasoning: '0.00006',
        web_search: '0.07',
      },
      mayAdd: {},
      unpriced: [],
      priceSource: '@pydantic/genai-prices 0.1.8',
    });
  });

  it('has a null cost for an unknown model, never zero, and tells which kinds have no price', () => {
    expect(priceLlmUse(use('gpt-99', { input: '10', output: '0' }), [])).toEqual({
      cost: null,
      parts: {},
      mayAdd: {},
      unpriced: ['input'],
      priceSource: 'unknown',
    });
  });

  it('keeps the known parts where one kind has no price', () => {
    const price = priceLlmUse(use('gpt-4o', { input: MILLION, input_audio: '5' }), []);
    expect(price).toMatchObject({ cost: null, parts: { input: '2.5' }, unpriced: ['input_audio'] });
  });

  it('does not take a newer version of a model for the one that is listed', () => {
    expect(cost('claude-sonnet-5-2', { input: '1' })).toBeNull();
    expect(cost('claude-sonnet-5-20260601', { input: MILLION })).toBe('2');
    expect(cost('claude-sonnet-4-20250514', { input: MILLION })).toBe('3');
  });

  it.each([
    ['gpt-5', 'batch', '0.625'],
    ['gpt-5', 'flex', '0.625'],
    ['gpt-5', 'priority', '2.5'],
    ['gpt-4o-mini', 'priority', '0.25'],
    ['o4-mini', 'priority', '2'],
    ['claude-opus-5-5', 'batch', '2'],
    ['claude-opus-5-5', 'priority', null],
    ['claude-opus-5-5', 'flex', null],
    ['gpt-5-nano', 'priority', null],
    ['gpt-5', 'nonsense', null],
  ])('prices input of %s at the %s tier as %s', (model, serviceTier, expected) => {
    expect(cost(model, { input: MILLION }, { serviceTier })).toBe(expected);
  });

  it('does not discount server tools in a batch', () => {
    expect(cost('claude-opus-5-5', { web_search: '100' }, { serviceTier: 'batch' })).toBe('1');
  });

  it.each([
    ['the base rate of a sum', {}, '3'],
    ['the rate of the window that the provider tells', { contextWindow: '200k-1M' }, '6'],
    ['the base rate of a short window', { contextWindow: '0-200k' }, '3'],
    ['the tier of one long request', { requestInputTokens: '200001' }, '6'],
    ['the base rate of a request at the limit', { requestInputTokens: '200000' }, '3'],
  ])('takes %s', (_name, more, expected) => {
    expect(cost('claude-sonnet-4-5-20250929', { input: MILLION }, more)).toBe(expected);
  });

  const MANY = { input: '400000', cache_read: '200000', output: '10000' };
  const BASE = { input: '1', cache_read: '0.05', output: '0.15' };
  const LONG = { input: '2', cache_read: '0.1', output: '0.225' };
  const BEYOND = { input: '1', cache_read: '0.05', output: '0.075' };
  it.each([
    ['one long request that is told by its count', { requests: '1' }, LONG, {}],
    ['one long request that is told by its input', { requestInputTokens: '600000' }, LONG, {}],
    ['requests that are long in the mean', { requests: '2' }, LONG, {}],
    ['requests of which some may be long', { requests: '3' }, BASE, BEYOND],
    ['requests that nobody counted', { requests: null }, BASE, BEYOND],
    ['a sum of unknown requests', {}, BASE, BEYOND],
  ])('prices %s', (_name, more, parts, mayAdd) => {
    const price = priceLlmUse(use('gpt-5.4', MANY, more), []);
    expect([price.parts, price.mayAdd]).toEqual([parts, mayAdd]);
  });

  it('is sure of a sum that is within the limit of one request, and of a model with one rate', () => {
    const within = priceLlmUse(use('gpt-6-sol', { input: '272000' }, { requests: '9' }), []);
    expect(within).toMatchObject({ cost: '0.544', mayAdd: {} });
    expect(priceLlmUse(use('gpt-5', MANY, { requests: '9' }), []).mayAdd).toEqual({});
  });

  it.each(['gpt-5.4', 'gpt-6-sol'])('takes 272,000 tokens of %s for a short request', (model) => {
    const input = (requestInputTokens: string) =>
      cost(model, { output: '1' }, { requestInputTokens });
    expect(Number(input('272001')) / Number(input('272000'))).toBe(1.5);
  });

  it('halves what may be added in a batch too, and a person’s price leaves nothing open', () => {
    const batch = { requests: '9', serviceTier: 'batch' };
    expect(priceLlmUse(use('gpt-5.4', MANY, batch), []).mayAdd['input']).toBe('0.5');
    const own = { provider: 'openai', model: 'gpt-5.4', validFrom: '2026-11-01' } as const;
    const rates = { input: '2', cache_read: '1', output: '3' };
    expect(priceLlmUse(use('gpt-5.4', MANY, batch), [{ ...own, rates }]).mayAdd).toEqual({});
  });

  it('takes output that comes without its input for short requests, and says that it may be long', () => {
    expect(priceLlmUse(use('gpt-5.4', { output: MILLION }, { requests: '0' }), [])).toMatchObject({
      parts: { output: '15' },
      mayAdd: { output: '7.5' },
    });
  });

  it('says that a write of unknown life may have been one of an hour', () => {
    expect(priceLlmUse(use('claude-opus-5', { cache_write: MILLION }), [])).toMatchObject({
      cost: '6.25',
      mayAdd: { cache_write: '3.75' },
    });
    expect(priceLlmUse(use('claude-opus-5', { cache_write_5m: MILLION }), []).mayAdd).toEqual({});
  });

  it('takes the price of the day', () => {
    const at = (day: string) =>
      cost('gpt-5.6-sol', { output: MILLION }, { at: `${day}T23:59:59Z` });
    expect([at('2026-08-20'), at('2026-08-21')]).toEqual(['30', '20']);
  });

  it('bills the cache of a model without a rate of its own as input', () => {
    expect(cost('gpt-5-pro', { cache_read: MILLION })).toBe('15');
  });

  it('prices speech, transcription and tools that carry no model', () => {
    expect(cost('tts-1', { characters: '1000' })).toBe('0.015');
    expect(cost('whisper-1', { seconds: '60' })).toBe('0.006');
    expect(priceLlmUse(use('', { file_search: '4' }), [])).toMatchObject({
      cost: '0.01',
      priceSource: 'provider price page',
    });
  });

  it('knows no price of a code interpreter session since it is billed by the minute', () => {
    const at = (day: string) => cost('', { code_interpreter: '2' }, { at: `${day}T00:00:00Z` });
    expect([at('2026-06-01'), at('2026-06-02')]).toEqual(['0.06', null]);
  });
});

describe('an override', () => {
  const override = (more: Partial<LlmPriceOverride>): LlmPriceOverride => ({
    provider: 'anthropic',
    model: 'claude-*',
    validFrom: '2026-11-01',
    rates: { input: '1' },
    ...more,
  });
  const priced = (overrides: LlmPriceOverride[], more: Partial<LlmUse> = {}) =>
    priceLlmUse(use('claude-opus-5-5', { input: MILLION, output: MILLION }, more), overrides);

  it('goes before the published rate, kind by kind', () => {
    expect(priced([override({})])).toMatchObject({
      cost: '21',
      parts: { input: '1', output: '20' },
      priceSource: 'override',
    });
  });

  it('holds from its day on, for its provider and its models', () => {
    expect(priced([override({})], { at: '2026-10-31T23:59:59Z' }).parts.input).toBe('4');
    expect(priced([override({ provider: 'openai' })]).parts.input).toBe('4');
    expect(priced([override({ model: 'claude-opus-5' })]).parts.input).toBe('4');
  });

  it('gives way to a newer one, and on one day to the one that names more', () => {
    const newer = override({ validFrom: '2026-11-10', rates: { input: '2' } });
    expect(priced([newer, override({})]).parts.input).toBe('2');
    const exact = override({ model: 'claude-opus-5-5', rates: { input: '3' } });
    expect(priced([exact, override({})]).parts.input).toBe('3');
  });

  it('is halved in a batch, and holds as it stands where the factor is not published', () => {
    expect(priced([override({})], { serviceTier: 'batch' }).parts.input).toBe('0.5');
    const price = priced([override({})], { serviceTier: 'priority' });
    expect(price).toMatchObject({ cost: null, parts: { input: '1' }, unpriced: ['output'] });
  });

  it('gives an unknown model its price, and what was thought that of what was said', () => {
    const rates = { input: '1', output: '2', cache_write: '3', web_search: '0.02' };
    const units = { input: MILLION, reasoning: MILLION, cache_write_5m: MILLION, web_search: '1' };
    const price = priceLlmUse(use('claude-next', units), [override({ rates })]);
    expect(price).toMatchObject({ cost: '6.02', unpriced: [], priceSource: 'override' });
  });
});
