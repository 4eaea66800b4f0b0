import { describe, expect, it } from 'vitest';
import { generateSeries } from '../../bench/detection/generateSeries.ts';
import { daysInMonth, toCivilDay, toDate, toDayNumber } from '../detection/calendar.ts';
import type { SeriesInput } from '../detection/series.ts';
import { addDays, daysBetween } from '../time/day.ts';
import { calendarPeriod } from './calendarPeriod.ts';
import { forecastMonthEnd } from './forecastMonthEnd.ts';
import { forecastPeriod } from './forecastPeriod.ts';

describe('forecastMonthEnd', () => {
  it('holds the month’s cost in its 95% interval about as often as it says, and is right within a few per cent', () => {
    let [inside, months, error] = [0, 0, 0];
    // Series that wander by nature, and sparse ones, have wide intervals and large errors of their own.
    const clean = generateSeries(31, 260).filter(
      ({ events, family }) => events.length === 0 && !/wander|sparse|nearZero|gaps/.test(family),
    );
    for (const { firstDay, days, input, final } of clean) {
      const first = toDayNumber(firstDay);
      for (let day = 45; day < days - 31; day += 17) {
        const civil = toCivilDay(first + day);
        const start = day - civil.day + 1;
        const end = start + daysInMonth(civil.year, civil.month);
        const forecast = forecastMonthEnd(input, toDate(first + day));
        if (start < 0 || forecast === undefined) continue;
        const actual = final.slice(start, end).reduce((sum, cost) => sum + cost, 0);
        months += 1;
        if (actual >= forecast.lower - 0.5 && actual <= forecast.upper + 0.5) inside += 1;
        error += Math.abs(forecast.expected - actual) / actual;
      }
    }
    expect(months).toBeGreaterThan(300);
    expect(inside / months).toBeGreaterThan(0.92);
    expect(inside / months).toBeLessThan(0.99);
    expect(error / months).toBeLessThan(0.025);
  });

  it('holds a quarter’s cost in its interval as well', () => {
    let [inside, quarters] = [0, 0];
    const clean = generateSeries(31, 156).filter(
      ({ events, family }) => events.length === 0 && !/wander|sparse|nearZero|gaps/.test(family),
    );
    for (const { firstDay, days, input, final } of clean) {
      for (let day = 45; day < days; day += 23) {
        const asOf = addDays(firstDay, day);
        const span = calendarPeriod('quarter', asOf);
        const start = daysBetween(firstDay, span.from);
        const end = daysBetween(firstDay, span.until) + 1;
        const forecast = forecastPeriod(input, asOf, span);
        if (start < 0 || end > days || forecast === undefined) continue;
        const actual = final.slice(start, end).reduce((sum, cost) => sum + cost, 0);
        quarters += 1;
        if (actual >= forecast.lower - 0.5 && actual <= forecast.upper + 0.5) inside += 1;
      }
    }
    expect(quarters).toBeGreaterThan(200);
    expect(inside / quarters).toBeGreaterThan(0.94);
  });

  const steady = (days: number): SeriesInput => ({
    series: Array.from({ length: days }, (_, i) => ({
      date: addDays('2026-01-01', i),
      cost: 100 + (i % 5),
    })),
  });

  it('adds what is known to what is expected', () => {
    const forecast = forecastMonthEnd(steady(100), '2026-03-20');
    expect(forecast?.until).toBe('2026-03-31');
    expect(forecast?.actualToDate).toBe(20 * 102);
    expect(forecast?.expected).toBeGreaterThan(31 * 101);
    expect(forecast?.expected).toBeLessThan(31 * 103);
  });

  it.each([
    ['after it has come', '2026-05-20', 390, 390, 390],
    ['before it has come', '2026-05-03', 380, 360, 400],
  ])('expects a charge of each month once, %s', (_name, asOf, expected, lower, upper) => {
    const costs = [350, 360, 370, 380, 390];
    const series = costs.map((cost, i) => ({ date: `2026-0${i + 1}-05`, cost }));
    const forecast = forecastMonthEnd({ series: [...series, { date: asOf, cost: 0 }] }, asOf);
    expect(forecast).toMatchObject({ expected, lower, upper });
  });

  it('uses nothing that is seen later', () => {
    const asOf = '2026-03-20';
    const cut = { series: steady(100).series.filter(({ date }) => date <= asOf) };
    expect(forecastMonthEnd(cut, asOf)).toEqual(forecastMonthEnd(steady(100), asOf));
  });

  it('is certain on the last evening of the month', () => {
    const forecast = forecastMonthEnd(steady(100), '2026-03-31');
    expect(forecast).toMatchObject({
      lower: forecast?.actualToDate,
      upper: forecast?.actualToDate,
    });
  });

  it('expects nothing where nothing was ever seen', () => {
    expect(forecastMonthEnd({ series: [] }, '2026-03-31')).toBeUndefined();
  });
});
