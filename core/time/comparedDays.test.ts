import { expect, test } from 'vitest';
import { comparedDays } from './comparedDays.ts';

const week = { from: '2026-11-08', to: '2026-11-15' };

test.each([
  [
    'previous',
    '2026-11-20',
    { comparedTo: '2026-11-15', previousFrom: '2026-11-01', previousTo: '2026-11-08' },
  ],
  [
    'previous',
    '2026-11-10',
    { comparedTo: '2026-11-11', previousFrom: '2026-11-01', previousTo: '2026-11-04' },
  ],
  [
    'previous',
    '2026-11-01',
    { comparedTo: '2026-11-08', previousFrom: '2026-11-01', previousTo: '2026-11-01' },
  ],
  [
    'year',
    '2026-11-10',
    { comparedTo: '2026-11-11', previousFrom: '2025-11-08', previousTo: '2025-11-11' },
  ],
] as const)('a week known until its end or less, by %s, until %s', (compare, until, days) => {
  expect(comparedDays(week, compare, until)).toEqual(days);
});

test('a leap day is compared with the day before the first of March', () => {
  const day = { from: '2028-02-29', to: '2028-03-01' };
  expect(comparedDays(day, 'year', '2028-02-29')).toEqual({
    comparedTo: '2028-03-01',
    previousFrom: '2027-02-28',
    previousTo: '2027-03-01',
  });
});
