import { describe, expect, it } from 'vitest';
import { backfillMonths, monthPeriod } from './backfillMonths.ts';

describe('backfillMonths', () => {
  it('goes from the month in which the first poll begins back to the oldest that providers keep', () => {
    const months = backfillMonths('2026-11-26', 13);
    expect(months).toHaveLength(11);
    expect(months[0]).toBe('2026-08');
    expect(months.at(-1)).toBe('2025-10');
  });

  it.each([
    ['2026-01-31', '2025-10', '2024-12'],
    ['2026-03-01', '2025-11', '2025-02'],
  ])('of %s goes from %s to %s, over the turn of the year', (today, newest, oldest) => {
    const months = backfillMonths(today, 13);
    expect([months[0], months.at(-1)]).toEqual([newest, oldest]);
    expect([...months].sort().reverse()).toEqual(months);
    expect(new Set(months).size).toBe(months.length);
  });

  it('has none where no history is wanted', () => {
    expect(backfillMonths('2026-11-26', 0)).toEqual([]);
  });
});

describe('monthPeriod', () => {
  it.each([
    ['2026-02', '2026-02-01', '2026-03-01'],
    ['2025-12', '2025-12-01', '2026-01-01'],
  ])('of %s is %s to %s', (month, from, to) => {
    expect(monthPeriod(month)).toEqual({ from, to });
  });
});
