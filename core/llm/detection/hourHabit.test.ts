import { describe, expect, test } from 'vitest';
import { learnHourHabit } from './hourHabit.ts';
import { DAY_MS, HOUR_MS, type UseCell } from './useView.ts';

const END = Date.parse('2026-11-18T00:00:00Z');
const cell = (at: number, cost: number): UseCell => ({
  at,
  projectId: '',
  apiKeyId: 'key_1',
  model: 'm',
  tier: '|',
  cost,
  unpricedTokens: 0,
  units: {},
  parts: {},
});

/** `days` days before the end with a cost for each hour of the day. */
const daysOf = (days: number, costAt: (hour: number, day: number) => number): UseCell[] =>
  Array.from({ length: days * 24 }, (_, i) =>
    cell(END - days * DAY_MS + i * HOUR_MS, costAt(i % 24, Math.floor(i / 24))),
  ).filter(({ cost }) => cost > 0);

const learn = (cells: UseCell[], isLeftOut: (at: number) => boolean = () => false) =>
  learnHourHabit(cells, END, ({ cost }) => cost, { tolerance: 2.5, isLeftOut });

describe('the habit of a key', () => {
  const office = daysOf(35, (hour) => (hour >= 8 && hour < 18 ? 10 + hour : 0));

  test('is that of the time of the day where it keeps hours', () => {
    const habit = learn(office);
    expect(habit.ceilingAt(END + 3 * HOUR_MS)).toBe(0);
    expect(habit.ceilingAt(END + 12 * HOUR_MS)).toBe(23);
    expect(habit.meanAt(END + 12 * HOUR_MS)).toBeCloseTo(22, 6);
    expect(habit.isUsedAt(END + 3 * HOUR_MS)).toBe(false);
    expect(habit.isUsedAt(END + 18 * HOUR_MS)).toBe(true);
    expect(habit).toMatchObject({ most: 27, activeHours: 350 });
  });

  test('is the most of any hour where it does not', () => {
    // At another hour each day.
    const habit = learn(daysOf(35, (hour, day) => (hour === (day * 7) % 24 ? 30 : 0)));
    expect(habit.ceilingAt(END + 3 * HOUR_MS)).toBe(30);
  });

  test('is the most of any hour in its first week', () => {
    expect(learn(office.slice(-20)).ceilingAt(END + 3 * HOUR_MS)).toBe(27);
  });

  test('holds a job that runs once a week or once a month', () => {
    const monthly = learn(daysOf(35, (hour, day) => (hour === 4 && day === 5 ? 80 : 1)));
    expect(monthly.ceilingAt(END + 4 * HOUR_MS)).toBe(80);
    expect(monthly.daysOf(END + 4 * HOUR_MS, 40)).toBe(1);
    expect(monthly.daysOf(END + 4 * HOUR_MS, 1)).toBe(35);
    expect(monthly.daysOf(END + 9 * HOUR_MS, 40)).toBe(0);
  });

  test('is not learnt from hours that a finding covers', () => {
    const loop = END - 2 * DAY_MS + 3 * HOUR_MS;
    const habit = learn([...office, cell(loop, 500)], (at) => at === loop);
    expect(habit.ceilingAt(END + 3 * HOUR_MS)).toBe(0);
    expect(learn([...office, cell(loop, 500)]).most).toBe(500);
  });

  test('of a key that was never used is nothing', () => {
    expect(learn([])).toMatchObject({ ageHours: 0, activeHours: 0, most: 0 });
    expect(learn([]).ceilingAt(END)).toBe(0);
    expect(learn([]).meanAt(END)).toBe(0);
  });
});
