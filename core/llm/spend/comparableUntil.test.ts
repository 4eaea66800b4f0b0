import { expect, test } from 'vitest';
import { comparableUntil } from './comparableUntil.ts';

const NOW = '2026-11-20T14:25:00.000Z';
const TO = '2026-11-21T00:00:00.000Z';
const pulled = (until: string | null, pushedUntil: string | null = null) => ({
  pulledUntil: until,
  pushedUntil,
});

test.each([
  ['nothing is connected', [], '2026-11-20T14:00:00.000Z'],
  ['nothing was read yet', [pulled(null)], '2026-11-20T14:00:00.000Z'],
  ['a report lags', [pulled('2026-11-20T12:40:00.000Z')], '2026-11-20T12:00:00.000Z'],
  [
    'calls are pushed past a report',
    [pulled('2026-11-20T09:00:00.000Z', '2026-11-20T13:59:00.000Z')],
    '2026-11-20T13:00:00.000Z',
  ],
  [
    'the slowest of two reports counts',
    [pulled('2026-11-20T14:10:00.000Z'), pulled('2026-11-20T08:05:00.000Z')],
    '2026-11-20T08:00:00.000Z',
  ],
  ['a report has ended', [pulled('2026-11-01T00:00:00.000Z')], '2026-11-20T14:00:00.000Z'],
  ['a clock is ahead', [pulled('2026-11-20T15:10:00.000Z')], '2026-11-20T14:00:00.000Z'],
])('%s', (_case, sources, expected) => {
  expect(comparableUntil(sources, { to: TO, now: NOW })).toBe(expected);
});

test('a period in the past ends the comparison', () => {
  expect(comparableUntil([], { to: '2026-11-10T00:00:00.000Z', now: NOW })).toBe(
    '2026-11-10T00:00:00.000Z',
  );
});
