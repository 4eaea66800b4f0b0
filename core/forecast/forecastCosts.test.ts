import { expect, it } from 'vitest';
import { sumDecimals } from '../money/money.ts';
import { addDays } from '../time/day.ts';
import { calendarPeriod } from './calendarPeriod.ts';
import { completeUntil, type DailyCosts, forecastCosts, sumDailyCosts } from './forecastCosts.ts';

const MARCH = calendarPeriod('month', '2026-03-20');
const day = (i: number) => addDays('2026-01-01', i);

const costs = (count: number, cost: (i: number) => string, until = count - 1): DailyCosts => ({
  days: Array.from({ length: count }, (_, i) => ({ date: day(i), cost: cost(i) })),
  completeUntil: day(until),
});
const steady = (i: number) => `${100 + (i % 5)}.123456`;

it('adds what is known, exactly and with four places, to what is expected', () => {
  const series = costs(79, steady);
  const forecast = forecastCosts(series, MARCH);
  const known = sumDecimals(series.days.slice(59).map(({ cost }) => cost));
  expect(forecast).toMatchObject({ until: '2026-03-31', actualToDate: Number(known).toFixed(4) });
  const [lower, expected, upper] = [forecast?.lower, forecast?.expected, forecast?.upper].map(
    Number,
  );
  expect(lower).toBeLessThan(expected!);
  expect(upper).toBeGreaterThan(expected!);
  expect(expected).toBeGreaterThan(31 * 101);
  expect(expected).toBeLessThan(31 * 103);
});

it('is what was spent once the whole month is known', () => {
  const { actualToDate, ...rest } = forecastCosts(costs(90, steady), MARCH)!;
  expect(rest).toEqual({
    until: '2026-03-31',
    expected: actualToDate,
    lower: actualToDate,
    upper: actualToDate,
  });
});

it('does not take the newest days for a drop while a part of the sources has not told of them', () => {
  const whole = forecastCosts(costs(80, steady), MARCH)!;
  const lagging = forecastCosts(
    costs(80, (i) => (i > 76 ? '20' : steady(i)), 76),
    MARCH,
  )!;
  expect(Number(lagging.expected)).toBeCloseTo(Number(whole.expected), -2);
  // What the three days show already counts as spent.
  expect(Number(lagging.actualToDate)).toBeLessThan(Number(whole.actualToDate) - 200);
});

it('is never below what was spent, also where the newest days cost more than expected', () => {
  const forecast = forecastCosts(
    costs(90, (i) => (i > 87 ? '5000' : steady(i)), 87),
    MARCH,
  )!;
  for (const value of [forecast.lower, forecast.expected, forecast.upper])
    expect(Number(value)).toBeGreaterThanOrEqual(Number(forecast.actualToDate));
});

it.each([
  ['nothing was ever seen', { days: [], completeUntil: '2026-03-20' }],
  ['everything was seen later', { ...costs(79, steady), completeUntil: '2025-12-31' }],
  ['it is a series of credits', costs(79, () => '-5')],
  ['credits weigh more than a twentieth', costs(79, (i) => (i % 10 === 0 ? '-60' : '100'))],
])('tells nothing where %s', (_name, series) => {
  expect(forecastCosts(series, MARCH)).toBeUndefined();
});

it('a month that has not begun is expected as a whole', () => {
  const forecast = forecastCosts(costs(79, steady), calendarPeriod('month', '2026-04-01'))!;
  expect(forecast).toMatchObject({ until: '2026-04-30', actualToDate: '0.0000' });
  expect(Number(forecast.expected)).toBeGreaterThan(30 * 99);
});

it('a sum of series is exact, day by day, and complete where all of them are', () => {
  const a = costs(3, () => '0.1');
  const b = { days: [{ date: day(1), cost: '0.2' }], completeUntil: day(1) };
  expect(sumDailyCosts([a, b], day(2))).toEqual({
    days: [
      { date: day(0), cost: '0.1' },
      { date: day(1), cost: '0.3' },
      { date: day(2), cost: '0.1' },
    ],
    completeUntil: day(1),
  });
});

it.each([
  ['all are there', ['2026-03-20', '2026-03-20'], '2026-03-20'],
  ['one is two days behind', ['2026-03-20', '2026-03-18'], '2026-03-18'],
  ['one ended long ago', ['2026-03-20', '2025-11-02'], '2026-03-20'],
  ['all ended long ago', ['2025-11-02', '2026-01-05'], '2026-01-05'],
  ['one knows more already', ['2026-03-25', '2026-03-20'], '2026-03-20'],
  ['there is none', [], '2026-03-20'],
])('is complete where %s', (_name, newest, expected) => {
  expect(completeUntil(newest, '2026-03-20')).toBe(expected);
});
