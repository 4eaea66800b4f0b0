import { describe, expect, it } from 'vitest';
import { simulateApprovals } from '../../bench/savings/simulateApprovals.ts';
import { summarizeApprovals } from '../../bench/savings/summarizeApprovals.ts';
import { addDays } from '../time/day.ts';
import type { Baseline } from './baseline.ts';
import { makeBaseline } from './makeBaseline.ts';
import { measureSaving } from './measureSaving.ts';

const AS_OF = '2026-06-30';
const APPROVED_ON = '2026-07-02';

/** `count` days up to and with `AS_OF`; `costOf` gets the day's age, 0 for the newest. */
function history(count: number, costOf: (age: number) => number) {
  return Array.from({ length: count }, (_, i) => {
    const age = count - 1 - i;
    return { date: addDays(AS_OF, -age), cost: costOf(age).toFixed(4) };
  });
}

function expectBaseline(days: { date: string; cost: string }[]): Baseline {
  const made = makeBaseline({ currency: 'EUR', days, asOf: AS_OF, approvedOn: APPROVED_ON });
  if (typeof made === 'string') throw new Error(made);
  return made;
}

/** Two weeks after `APPROVED_ON` at one cost a day. */
function after(cost: number, count = 14) {
  return new Map(
    Array.from({ length: count }, (_, i) => [addDays(APPROVED_ON, i + 1), cost.toFixed(4)]),
  );
}

const FIRST = addDays(APPROVED_ON, 1);

describe('650 approvals of which nothing came', () => {
  const approvals = simulateApprovals(77, 650);
  const all = summarizeApprovals(approvals);

  it('the 90% interval covers zero in 85 to 95% of them', () => {
    expect(all.coverage).toBeGreaterThanOrEqual(85);
    expect(all.coverage).toBeLessThanOrEqual(95);
  });

  it('says saved about as often as dearer', () => {
    expect(Math.abs(all.above - all.below)).toBeLessThan(4);
  });

  it('an injected saving of 30% is recovered within 3 points, in the mean and in the median', () => {
    expect(Math.abs(all.bias)).toBeLessThan(3);
    expect(Math.abs(all.medianBias)).toBeLessThan(3);
    expect(all.seen).toBeGreaterThan(75);
  });
});

describe('what can be told of a history', () => {
  it.each([
    ['nothing was charged', history(90, () => 0), 'no_costs'],
    ['there are no rows', [], 'no_costs'],
    ['it has less than a week', history(6, () => 5), 'too_short'],
    ['credits weigh much', history(60, (age) => (age % 7 === 0 ? -9 : 4)), 'credits'],
  ])('%s', (_, days, why) => {
    expect(makeBaseline({ currency: 'EUR', days, asOf: AS_OF, approvedOn: APPROVED_ON })).toBe(why);
  });

  it('two weeks give a mean with a wide interval, and no weekday', () => {
    const noisy = history(16, (age) => 10 + (age % 3));
    const baseline = expectBaseline(noisy);
    expect(baseline.method).toBe('short');
    expect(new Set(baseline.days.map(({ expected }) => expected)).size).toBe(1);
    const long = expectBaseline(history(200, (age) => 10 + (age % 3)));
    expect(long.method).toBe('seasonal');
    expect(baseline.reach[13]?.above).toBeGreaterThan(2 * (long.reach[13]?.above ?? 1));
  });

  it('days after the last settled one are not looked at', () => {
    const days = history(100, () => 8);
    const later = [{ date: addDays(AS_OF, 1), cost: '900.0000' }];
    expect(expectBaseline([...days, ...later])).toEqual(expectBaseline(days));
  });

  it('an idle weekend is expected to be idle', () => {
    const days = history(120, (age) =>
      [0, 6].includes(new Date(addDays(AS_OF, -age)).getUTCDay()) ? 0 : 12,
    );
    const { days: ahead } = expectBaseline(days);
    const costOn = (weekday: number) =>
      ahead.filter(({ date }) => new Date(date).getUTCDay() === weekday).map((d) => +d.expected);
    for (const cost of costOn(6)) expect(cost).toBeLessThan(0.5);
    for (const cost of costOn(3)) expect(Math.abs(cost - 12)).toBeLessThan(0.5);
  });

  it('a level that moved two days ago is neither believed nor forgotten: both fit the interval', () => {
    const days = history(120, (age) => (age < 3 ? 20 : 10) + 0.1 * (age % 3));
    const baseline = expectBaseline(days);
    expect(measureSaving(baseline, after(10.1), FIRST).verdict).toBe('cannot_tell');
    expect(measureSaving(baseline, after(20.1), FIRST).verdict).toBe('cannot_tell');
    expect(measureSaving(baseline, after(5), FIRST).verdict).toBe('realised');
  });
});
