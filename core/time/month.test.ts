import { expect, test } from 'vitest';
import { addMonths, firstOfMonth } from './month.ts';

test('a month begins on its first day', () => {
  expect(firstOfMonth('2026-02-28')).toBe('2026-02-01');
});

test.each([
  ['2026-11-26', 0, '2026-11-01'],
  ['2026-11-26', 1, '2026-12-01'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2026-01-31', -1, '2025-12-01'],
  ['2026-11-26', -13, '2025-10-01'],
])('%s and %d months is %s', (day, count, expected) => {
  expect(addMonths(day, count)).toBe(expected);
});
