import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, daysBetween, utcDay } from './day.ts';

test('the day of an instant is the one in UTC', () => {
  expect(utcDay(new Date('2026-11-20T23:59:59.999Z'))).toBe('2026-11-20');
  expect(utcDay(new Date('2026-11-20T23:59:59-05:00'))).toBe('2026-11-21');
});

test.each([
  ['2026-02-28', 1, '2026-03-01'],
  ['2024-02-28', 1, '2024-02-29'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2026-03-29', 1, '2026-03-30'],
  ['2026-11-20', -365, '2025-11-20'],
  ['2026-11-20', 0, '2026-11-20'],
])('%s and %d days is %s', (day, count, expected) => expect(addDays(day, count)).toBe(expected));

test('as many days as are added lie between', () => {
  const days = fc
    .date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map(utcDay);
  fc.assert(
    fc.property(days, fc.integer({ min: -10_000, max: 10_000 }), (day, count) => {
      expect(daysBetween(day, addDays(day, count))).toBe(count);
    }),
  );
});
