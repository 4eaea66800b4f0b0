import { expect, test } from 'vitest';
import { findRetryAfterMs } from './findRetryAfterMs.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

test.each<[string, Record<string, string>, number | undefined]>([
  ['nothing', {}, undefined],
  ['seconds', { 'retry-after': '7' }, 7_000],
  ['parts of a second', { 'retry-after': '0.25' }, 250],
  ['a date', { 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' }, 30_000],
  ['a date that is over', { 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, undefined],
  ['words', { 'retry-after': 'soon' }, undefined],
  ['milliseconds', { 'retry-after-ms': '1500' }, 1_500],
  ['OpenAI’s minutes', { 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
  ['OpenAI’s milliseconds', { 'x-ratelimit-reset-tokens': '20ms' }, 20],
  [
    'the later of two resets',
    { 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '1m2.5s' },
    62_500,
  ],
  ['Anthropic’s time', { 'anthropic-ratelimit-requests-reset': '2026-11-20T12:01:00Z' }, 60_000],
  [
    'a wait before a reset',
    { 'retry-after': '3', 'anthropic-ratelimit-requests-reset': '2026-11-20T12:01:00Z' },
    3_000,
  ],
  ['a year, which is cut at a day', { 'retry-after': '31536000' }, 86_400_000],
])('reads %s', (_name, headers, expected) => {
  expect(findRetryAfterMs(new Headers(headers), NOW)).toBe(expected);
});
