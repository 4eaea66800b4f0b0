import { expect, test } from 'vitest';
import type { LlmUnits } from './meters.ts';
import type { LlmUse } from './price.ts';
import { priceLlmUse } from './priceLlmUse.ts';

interface Case {
  /** Where other trackers were found to be wrong, and how. */
  source: string;
  wrong: string;
  model: string;
  /** The kinds that the counts of the report are made of, disjoint. */
  units: LlmUnits;
  usd: string;
  more?: Partial<LlmUse>;
}

/** Counts as the reports tell them; amounts worked out by hand from the providers' price pages, or as their consoles showed. */
const CASES: Case[] = [
  {
    source: 'https://github.com/BerriAI/litellm/issues/9812',
    wrong: 'cache writes also as fresh input: 0.091311; the console showed 0.0461 and 0.0083',
    model: 'claude-3-7-sonnet-20250219',
    units: { input: '3', cache_write_5m: '12304', output: '550' },
    more: { at: '2025-04-08T10:54:25Z' },
    usd: '0.054399',
  },
  {
    // The counts of the issue, at the prices of a model of that day.
    source: 'https://github.com/BerriAI/litellm/issues/29145',
    wrong: 'reads and writes of the cache for nothing: 0.010083',
    model: 'claude-sonnet-4-6',
    units: { input: '1', cache_read: '32634', cache_write_5m: '1190', output: '672' },
    more: { at: '2026-05-28T00:00:00Z' },
    usd: '0.0243357',
  },
  {
    // 17,903 tokens of input, 17,817 of them cached; the model is ours.
    source: 'https://github.com/langfuse/langfuse/issues/10592',
    wrong: 'cached tokens also as fresh input, 35,720 in all: 0.024605875',
    model: 'gpt-5',
    units: { input: '86', cache_read: '17817' },
    usd: '0.002334625',
  },
  {
    // A write of 184,457 tokens in all, of which the first round of the search tells the life of 31,490 only; 734,311
    // tokens of input with what was read and written. The issue tells neither the model nor the output.
    source: 'https://github.com/BerriAI/litellm/issues/42663',
    wrong: 'the writes of later rounds for nothing: 0.6656864',
    model: 'claude-sonnet-4-6',
    units: {
      input: '123201',
      cache_read: '426653',
      cache_write: '152967',
      cache_write_5m: '31490',
      web_search: '5',
    },
    more: { at: '2026-09-23T00:00:00Z', requestInputTokens: '734311' },
    usd: '1.23931265',
  },
  {
    // The issue tells that the cost was 2.83 times the bill, that cached input had the price of fresh input, and that the
    // models do not reason; the counts are ours.
    source: 'https://github.com/langfuse/langfuse/issues/8559',
    wrong: 'input at its full price though most of it was cached, 2.83 times as much: 0.216',
    model: 'gpt-4.1',
    units: { input: '6800', cache_read: '93200', output: '2000' },
    more: { at: '2025-08-15T00:00:00Z', requestInputTokens: '100000' },
    usd: '0.0762',
  },
  {
    source: 'https://github.com/langfuse/langfuse/issues/11244',
    wrong: 'reasoning beside an output that has it already, 2,926 tokens: 0.0569075',
    model: 'gpt-5.1',
    units: { input: '22118', output: '1014', reasoning: '956' },
    usd: '0.0473475',
  },
  {
    source: 'https://github.com/BerriAI/litellm/issues/35127',
    wrong: 'all 172,000 tokens as fresh input: 0.86',
    model: 'gpt-5.6-sol',
    units: { input: '14000', cache_read: '155000', cache_write: '3000' },
    more: { at: '2026-07-17T00:00:00Z', requestInputTokens: '172000' },
    usd: '0.16625',
  },
  {
    source: 'https://github.com/BerriAI/litellm/issues/15055',
    wrong: 'a one-hour write of a long request at the short one’s rate: 6',
    model: 'claude-sonnet-4-5-20250929',
    units: { cache_write_1h: '1000000' },
    more: { at: '2025-09-30T00:00:00Z', contextWindow: '200k-1M' },
    usd: '12',
  },
  {
    source: 'https://github.com/can1357/oh-my-pi/issues/6876',
    wrong: 'a one-hour write at the five-minute rate: 2.15086875',
    model: 'claude-opus-5',
    units: { cache_write_1h: '344139' },
    usd: '3.44139',
  },
  {
    source: 'https://github.com/BerriAI/litellm/pull/39861',
    wrong: 'a long prompt in a batch at the short one’s rate',
    model: 'gpt-5.4',
    units: { input: '300000', cache_read: '100000', output: '10000' },
    more: { serviceTier: 'batch', requestInputTokens: '400000' },
    usd: '0.8875',
  },
  {
    source: 'https://github.com/defog-ai/defog/pull/304',
    wrong: 'cached input of a model without a cached price for nothing: 1.20',
    model: 'gpt-5.5-pro',
    units: { input: '10000', cache_read: '200000', output: '5000' },
    usd: '7.2',
  },
];

test.each(CASES)('$source: not $wrong', ({ model, units, usd, more }) => {
  const use: LlmUse = {
    provider: model.startsWith('claude') ? 'anthropic' : 'openai',
    model,
    units,
    at: '2026-11-20T00:00:00Z',
    serviceTier: 'standard',
    contextWindow: '',
    ...more,
  };
  expect(priceLlmUse(use, [])).toMatchObject({ cost: usd, unpriced: [] });
});
