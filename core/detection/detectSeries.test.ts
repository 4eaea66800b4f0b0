import { describe, expect, it } from 'vitest';
import { generateSeries } from '../../bench/detection/generateSeries.ts';
import { addDays, daysBetween } from '../time/day.ts';
import { detectSeries } from './detectSeries.ts';
import { judgeNewestDay } from './judgeNewestDay.ts';
import type { SeriesInput } from './series.ts';

// Test seeds of their own: neither the tuning nor the test half of the benchmark.
const GENERATED = generateSeries(777, 78);
const START = '2025-01-06';

/** A steady series of 400 a day with a weekday pattern and some per cent of noise, changed by `change`. */
function series(days: number, change: (day: number, cost: number) => number = (_, cost) => cost) {
  return Array.from({ length: days }, (_, day) => {
    const noise = 1 + 0.05 * Math.sin(day * 12.9898) * Math.cos(day * 78.233);
    const weekend = day % 7 >= 5 ? 0.6 : 1;
    return { date: addDays(START, day), cost: change(day, 400 * weekend * noise) };
  });
}

const on = (day: number) => addDays(START, day);

describe('what happened is found and named', () => {
  it.each([
    ['a day of twice the cost', 'spike', 60, (d: number, c: number) => (d === 60 ? 2 * c : c)],
    [
      'a weekend that was not switched off',
      'spike',
      61,
      (d: number, c: number) => (d === 61 || d === 62 ? 400 : c * (d % 7 >= 5 ? 0.05 : 1)),
    ],
    ['a day at a quarter', 'drop', 60, (d: number, c: number) => (d === 60 ? c / 4 : c)],
    ['a service that is switched off', 'drop', 60, (d: number, c: number) => (d >= 60 ? 0 : c)],
    [
      'a lasting rise by half',
      'level_shift',
      60,
      (d: number, c: number) => (d >= 60 ? 1.5 * c : c),
    ],
    [
      'a slow rise by two thirds over five weeks',
      'drift',
      60,
      (d: number, c: number) => c * (1 + (0.66 * Math.min(35, Math.max(0, d - 60))) / 35),
    ],
  ])('%s: %s', (_name, kind, start, change) => {
    const { detections } = detectSeries({ series: series(120, change) });
    expect(detections.every(({ date }) => date >= on(start))).toBe(true);
    expect(detections.map((found) => found.kind)).toContain(kind);
    expect(daysBetween(on(start), detections[0]?.date ?? '')).toBeLessThanOrEqual(
      kind === 'drift' ? 25 : 2,
    );
    for (const { expected, lower, upper, impact, actual } of detections) {
      expect(expected).toBeGreaterThanOrEqual(lower);
      expect(expected).toBeLessThanOrEqual(upper);
      expect(impact).toBeCloseTo(actual - expected, 9);
    }
  });

  it('a new service on its first day', () => {
    const rows = series(90).slice(40);
    const { detections } = detectSeries({ series: rows, from: START });
    expect(detections[0]).toMatchObject({ date: on(40), kind: 'new_service', expected: 0 });
  });

  it.each([
    ['on its day', 0],
    ['three days late', 3],
  ])('a large charge of a service that is charged once a week, seen %s', (_name, late) => {
    const rows = series(100)
      .filter((_, d) => d % 7 === 2 || d === 60)
      .map((row) => (row.date === on(60) ? { ...row, cost: 9000, seenOn: on(60 + late) } : row));
    const { detections } = detectSeries({ series: rows });
    expect(detections.map(({ date, kind }) => ({ date, kind }))).toEqual([
      { date: on(60 + late), kind: 'spike' },
    ]);
  });

  it('a charge of thirty times as much where only two came before', () => {
    const rows = [0, 12, 30].map((d) => ({ date: on(d), cost: d === 30 ? 12_000 : 400 }));
    const { detections } = detectSeries({ series: rows });
    expect(detections.map(({ date, kind }) => `${date} ${kind}`)).toEqual([`${on(30)} spike`]);
  });

  it('a lasting rise is learnt: it is not raised for ever, nor is the return from it', () => {
    const { detections } = detectSeries({
      series: series(120, (d, c) => (d >= 60 && d < 75 ? 2 * c : c)),
    });
    expect(detections.length).toBeLessThanOrEqual(6);
    expect(detections.every(({ date }) => date < on(68))).toBe(true);
  });
});

describe('what is ordinary stays quiet', () => {
  const dayOfMonth = (d: number) => Number(on(d).slice(8));
  it.each([
    ['weekdays and noise', (_: number, c: number) => c],
    ['growth of a percent a week', (d: number, c: number) => c * 1.01 ** (d / 7)],
    [
      'a charge on the first of the month',
      (d: number, c: number) => (dayOfMonth(d) === 1 ? c + 500 : c),
    ],
    ['cents', (d: number, c: number) => (c / 4000) * (d % 10 === 0 ? 9 : 1)],
    ['weekends without a charge', (d: number, c: number) => (d % 7 >= 5 ? 0 : c)],
  ])('%s', (_name, change) => {
    expect(detectSeries({ series: series(300, change) }).detections).toEqual([]);
  });

  it('days without a row, at weekends or now and then', () => {
    const rows = series(200).filter((_, d) => d % 7 < 5 && d % 31 !== 0);
    expect(detectSeries({ series: rows }).detections).toEqual([]);
  });

  it('days that are late or unfinished at first', () => {
    const rows = series(200).map((row, d) => ({ ...row, seenOn: on(d + (d % 9 === 0 ? 2 : 1)) }));
    const revisions = series(200).map((row, d) => ({
      ...row,
      seenOn: on(d),
      cost: row.cost * 0.6,
    }));
    expect(detectSeries({ series: rows }).detections).toEqual([]);
    expect(
      detectSeries({ series: rows, revisions: revisions.filter((_, d) => d % 9 !== 0) }).detections,
    ).toEqual([]);
  });
});

describe('what came once is expected again', () => {
  it('a charge on the first of the month, from its second time on', () => {
    const first = (d: number) => on(d).endsWith('-01');
    const rows = series(120, (d, c) => (first(d) ? c + 900 : c));
    const { forecasts } = detectSeries({ series: rows });
    const [, second] = forecasts.filter((_, d) => d > 14 && first(d));
    expect(second?.expected).toBeGreaterThan(700);
  });

  it('a holiday that is kept like a weekend, once one was', () => {
    const holidays = ['2025-04-18', '2025-04-21', '2025-05-26'];
    const rows = series(160, (d, c) => (holidays.includes(on(d)) ? 0.6 * c : c));
    const { forecasts, detections } = detectSeries({ series: rows });
    expect(detections).toEqual([]);
    expect(forecasts.find(({ date }) => date === '2025-05-26')?.expected).toBeLessThan(320);
    expect(forecasts.find(({ date }) => date === '2025-05-27')?.expected).toBeGreaterThan(360);
  });
});

describe('properties', () => {
  it('decisions and forecasts do not change when the future is cut off', () => {
    for (const { input, firstDay, days } of GENERATED) {
      const whole = detectSeries(input);
      for (const share of [0.3, 0.55, 0.8]) {
        const evening = addDays(firstDay, Math.floor(days * share));
        const cut = detectSeries(cutAfter(input, evening));
        const until = <T extends { date: string }>(all: T[]) =>
          all.filter(({ date }) => date <= evening);
        expect(cut.detections).toEqual(until(whole.detections));
        expect(cut.forecasts).toEqual(until(whole.forecasts));
      }
    }
  });

  it('the newest day is judged as the last day of the walk', () => {
    for (const { input, firstDay, days } of GENERATED) {
      for (const back of [0, 1, 5, 40]) {
        const to = addDays(firstDay, days - 1 - back);
        const all = detectSeries({ ...input, to });
        const newest = judgeNewestDay({ ...input, to });
        expect(newest?.detection).toEqual(all.detections.find(({ date }) => date === to));
        expect(newest).toMatchObject(all.forecasts.at(-1) ?? {});
        expect(newest?.sentence).toContain(to);
      }
    }
  });

  it('rows older than the memory change nothing', () => {
    const { input, firstDay, days } = GENERATED.find((one) => one.days === 400) ?? GENERATED[0]!;
    const recent = addDays(firstDay, days - 215);
    const short = {
      ...input,
      from: recent,
      series: input.series.filter(({ date }) => date >= recent),
    };
    expect(judgeNewestDay(short)).toEqual(judgeNewestDay(input));
  });

  it.each([1024, 1 / 64])('amounts and floors times %s give the same decisions', (factor) => {
    const options = { minDailyImpact: 2.5 * factor, minTotalImpact: 10 * factor };
    for (const { input } of GENERATED) {
      const scaled: SeriesInput = {
        ...input,
        series: input.series.map((row) => ({ ...row, cost: row.cost * factor })),
        revisions: input.revisions?.map((row) => ({ ...row, cost: row.cost * factor })),
      };
      const brief = ({ date, kind }: { date: string; kind: string }) => `${date} ${kind}`;
      expect(detectSeries(scaled, options).detections.map(brief)).toEqual(
        detectSeries(input).detections.map(brief),
      );
    }
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'a week that begins %s days later gives the same decisions',
    (shift) => {
      const change = (d: number, c: number) => (d === 70 ? 1.6 * c : d >= 106 ? 1.6 * c : c);
      const rows = series(130, change);
      const shifted = rows.map((row, d) => ({ ...row, date: addDays(START, d + shift) }));
      // Later days depend on the days of the month that they fall on.
      const days = (input: SeriesInput, by: number) =>
        detectSeries(input)
          .detections.map(({ date, kind }) => `${daysBetween(START, date) - by} ${kind}`)
          .filter((found) => Number.parseInt(found) < 110);
      expect(days({ series: rows }, 0).length).toBeGreaterThan(3);
      expect(days({ series: shifted }, shift)).toEqual(days({ series: rows }, 0));
    },
  );
});

describe('what people say', () => {
  const noisy = generateSeries(778, 260).filter(
    ({ family, events }) => family.startsWith('heavyTailed') && events.length === 0,
  );

  it('a false alarm that is called one lowers the false alarms after it', () => {
    let [before, after] = [0, 0];
    for (const { input } of noisy) {
      const first = detectSeries(input, { sensitivity: 1.8 }).detections;
      before += first.length;
      const feedback = first.map(({ date }) => ({ date, verdict: 'false_alarm' as const }));
      after += detectSeries(input, { sensitivity: 1.8, feedback }).detections.length;
    }
    expect(before).toBeGreaterThan(10);
    expect(after).toBeLessThan(0.8 * before);
  });

  it('a verdict changes nothing before it was given', () => {
    const { input } = noisy[0]!;
    const { detections } = detectSeries(input, { sensitivity: 1.8 });
    const day = detections[2]?.date ?? '';
    const feedback = [
      { date: detections[0]?.date ?? '', givenOn: day, verdict: 'false_alarm' as const },
    ];
    const later = detectSeries(input, { sensitivity: 1.8, feedback }).detections;
    expect(later.filter(({ date }) => date <= day)).toEqual(
      detections.filter(({ date }) => date <= day),
    );
  });

  it('days that are marked as expected stay quiet and are kept', () => {
    const rows = series(120, (d, c) => (d === 60 || d === 81 ? 2 * c : c));
    const weekday = new Date(on(60)).getUTCDay();
    expect(detectSeries({ series: rows }).detections).toHaveLength(2);
    for (const expected of [[{ weekday }], [{ date: on(60) }, { date: on(81) }]]) {
      const { detections, quiet } = detectSeries({ series: rows }, { expected });
      expect(detections).toEqual([]);
      expect(quiet.map(({ reason }) => reason)).toEqual(['expected', 'expected']);
    }
  });

  it('a planned step stays quiet while the finding is kept', () => {
    const rows = series(120, (d, c) => (d >= 60 ? 1.5 * c : c));
    const { detections, quiet } = detectSeries({ series: rows }, { planned: [{ from: on(60) }] });
    expect(detections).toEqual([]);
    expect(quiet.map(({ reason }) => reason)).toContain('planned');
  });

  it('sensitivity finds more, floors less', () => {
    const rows = series(120, (d, c) => (d === 60 ? 1.22 * c : c));
    const count = (options: object) => detectSeries({ series: rows }, options).detections.length;
    expect(count({ sensitivity: 2 })).toBeGreaterThan(0);
    expect(count({ sensitivity: 0.5 })).toBe(0);
    expect(count({ sensitivity: 2, minDailyImpact: 200 })).toBe(0);
  });
});

/** What a person would have had on that evening. */
function cutAfter(input: SeriesInput, evening: string): SeriesInput {
  const seen = (row: { date: string; seenOn?: string | undefined }) =>
    (row.seenOn ?? row.date) <= evening;
  return {
    ...input,
    to: evening,
    series: input.series.filter(seen),
    revisions: input.revisions?.filter(seen),
  };
}
