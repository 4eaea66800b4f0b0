import { describe, expect, it } from 'vitest';
import { addDays } from '../time/day.ts';
import type { Baseline } from './baseline.ts';
import { measureSaving } from './measureSaving.ts';

const FIRST = '2026-07-03';

const BASELINE: Baseline = {
  currency: 'USD',
  asOf: '2026-06-30',
  method: 'seasonal',
  historyDays: 100,
  gapDays: 2,
  days: Array.from({ length: 60 }, (_, i) => ({
    date: addDays('2026-07-01', i),
    expected: '10.0001',
  })),
  reach: Array.from({ length: 14 }, () => ({ below: 0.05, above: 0.05 })),
  leastPerDay: { amount: '1.0000', currency: 'USD' },
};

function costs(cost: string, count: number, first = FIRST): Map<string, string> {
  return new Map(Array.from({ length: count }, (_, i) => [addDays(first, i), cost]));
}

describe('the measure of a saving', () => {
  it('is exact: expected minus actual, to the last digit', () => {
    const measured = measureSaving(BASELINE, costs('7.00001', 14), FIRST);
    expect(measured.expected).toEqual({ amount: '140.0014', currency: 'USD' });
    expect(measured.actual).toEqual({ amount: '98.0001', currency: 'USD' });
    expect(measured.saved).toEqual({ amount: '42.0013', currency: 'USD' });
    expect(measured.lower.amount).toBe('35.0012');
    expect(measured.upper.amount).toBe('49.0013');
  });

  it.each([
    ['7.0', 'realised'],
    ['9.8', 'cannot_tell'],
    ['10.2', 'cannot_tell'],
    ['11.0', 'regressed'],
    ['0', 'realised'],
  ])('%s a day instead of 10 is %s', (cost, verdict) => {
    expect(measureSaving(BASELINE, costs(cost, 14), FIRST).verdict).toBe(verdict);
  });

  it('counts no day up to the success, and no more than 14', () => {
    const measured = measureSaving(BASELINE, costs('7', 40, '2026-07-01'), FIRST);
    expect(measured.days.map(({ date }) => date)).toEqual(
      Array.from({ length: 14 }, (_, i) => addDays(FIRST, i)),
    );
  });

  it('leaves days out of which nothing is known, on both sides', () => {
    const known = costs('7', 14);
    known.delete(addDays(FIRST, 4));
    const measured = measureSaving(BASELINE, known, FIRST);
    expect(measured.days).toHaveLength(13);
    expect(measured.expected.amount).toBe('130.0013');
  });

  it('says nothing of one or two days, nor of none', () => {
    expect(measureSaving(BASELINE, costs('1', 2), FIRST).verdict).toBe('cannot_tell');
    expect(measureSaving(BASELINE, costs('1', 3), FIRST).verdict).toBe('realised');
    const nothing = measureSaving(BASELINE, new Map(), FIRST);
    expect(nothing).toMatchObject({ days: [], verdict: 'cannot_tell' });
    expect(nothing.saved.amount).toBe('0.0000');
  });

  it('is less sure where the action had to wait', () => {
    const width = (first: string) => {
      const { lower, upper } = measureSaving(BASELINE, costs('7', 14, first), first);
      return Number(upper.amount) - Number(lower.amount);
    };
    expect(width(addDays(FIRST, 20))).toBeGreaterThan(1.3 * width(FIRST));
  });
});
