import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays, daysBetween } from '../time/day.ts';
import { calendarPeriod } from './calendarPeriod.ts';

it.each([
  ['month', '2026-11-26', '2026-11-01', '2026-11-30'],
  ['month', '2026-12-31', '2026-12-01', '2026-12-31'],
  ['month', '2028-02-10', '2028-02-01', '2028-02-29'],
  ['month', '2100-02-28', '2100-02-01', '2100-02-28'],
  // Clocks change on these days in many places; UTC days do not.
  ['month', '2026-03-29', '2026-03-01', '2026-03-31'],
  ['month', '2026-10-25', '2026-10-01', '2026-10-31'],
  ['quarter', '2026-01-01', '2026-01-01', '2026-03-31'],
  ['quarter', '2028-02-29', '2028-01-01', '2028-03-31'],
  ['quarter', '2026-06-30', '2026-04-01', '2026-06-30'],
  ['quarter', '2026-11-26', '2026-10-01', '2026-12-31'],
] as const)('the %s of %s is %s to %s', (kind, day, from, until) => {
  expect(calendarPeriod(kind, day)).toEqual({ from, until });
});

it('puts every day into exactly one period, and the next day after its end into the next', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('month', 'quarter'),
      fc.integer({ min: 0, max: 60_000 }),
      (kind, n) => {
        const day = addDays('1970-01-01', n);
        const { from, until } = calendarPeriod(kind, day);
        expect(from <= day && day <= until).toBe(true);
        expect(calendarPeriod(kind, from)).toEqual({ from, until });
        expect(calendarPeriod(kind, until)).toEqual({ from, until });
        const next = calendarPeriod(kind, addDays(until, 1));
        expect(next.from).toBe(addDays(until, 1));
        expect(daysBetween(from, next.from)).toBeGreaterThan(kind === 'month' ? 27 : 89);
      },
    ),
  );
});
