import { expect, it } from 'vitest';
import { addDays } from '../time/day.ts';
import { detectHourly, type SeriesHour } from './detectHourly.ts';

/** Busy office hours, quiet nights and weekends, a few per cent of noise. */
function office(days: number, factor: (hour: number) => number = () => 1): SeriesHour[] {
  return Array.from({ length: days * 24 }, (_, index) => {
    const day = Math.floor(index / 24);
    const hour = index % 24;
    const isBusy = hour >= 8 && hour < 18 && day % 7 < 5;
    const noise = 1 + 0.04 * Math.sin(index * 12.9898) * Math.cos(index * 78.233);
    const at = `${addDays('2026-01-05', day)}T${String(hour).padStart(2, '0')}`;
    return { at, cost: (isBusy ? 40 : 6) * noise * factor(index) };
  });
}

it('is quiet about office hours and weekends', () => {
  expect(detectHourly(office(42))).toEqual([]);
});

it('finds a run-away job in its second hour', () => {
  const start = 35 * 24 + 2;
  const found = detectHourly(office(42, (i) => (i >= start && i < start + 6 ? 5 : 1)));
  expect(found[0]).toMatchObject({ at: `${addDays('2026-01-05', 35)}T03`, kind: 'spike' });
  expect(found).toHaveLength(5);
});

it('does not raise a single odd hour, nor cents', () => {
  expect(detectHourly(office(42, (i) => (i === 35 * 24 + 2 ? 5 : 1)))).toEqual([]);
  const cents = office(42, (i) => (i >= 35 * 24 ? 5 : 1)).map(({ at, cost }) => ({
    at,
    cost: cost / 200,
  }));
  expect(detectHourly(cents)).toEqual([]);
});
