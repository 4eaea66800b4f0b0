import { expect, test } from 'vitest';
import { fromLineItem } from './fromLineItem.ts';

test.each([
  ['gpt-5.2, input', 'gpt-5.2', 'input'],
  ['gpt-6-astra, input_tokens', 'gpt-6-astra', 'input'],
  ['gpt-5-mini, cached input', 'gpt-5-mini', 'cache_read'],
  ['gpt-4o-2024-08-06, Output', 'gpt-4o-2024-08-06', 'output'],
  ['ft:gpt-5-mini, org, input', 'ft:gpt-5-mini, org', 'input'],
  ['gpt-audio-2, audio output', 'gpt-audio-2', 'audio_output'],
  ['web search tool calls', null, null],
  [', input', null, null],
  ['gpt-5.2, ', 'gpt-5.2', null],
  [null, null, null],
])('%s is %s and %s', (lineItem, model, tokenType) => {
  expect(fromLineItem(lineItem)).toEqual({ x_Model: model, x_TokenType: tokenType });
});
