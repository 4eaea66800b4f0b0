import { expect, test } from 'vitest';
import { createCoveredPeriods } from './coveredPeriods.ts';

const charge = '2026-11-03T05:00:00Z';
const covered = (...rows: [string, string | null, string | null][]) => {
  const periods = createCoveredPeriods();
  for (const row of rows) periods.add(...row);
  return periods.list();
};

test('a charge covers its whole billing period, to the full day', () => {
  expect(covered([charge, '2026-11-01T08:00:00Z', '2026-12-01T08:00:00Z'])).toEqual([
    { from: '2026-11-01', to: '2026-12-02' },
  ]);
});

test('without one it is the calendar month', () => {
  expect(covered([charge, null, null], ['2026-12-31T00:00:00Z', null, null])).toEqual([
    { from: '2026-11-01', to: '2027-01-01' },
  ]);
});

test('periods that touch are one, those apart stay apart, in order', () => {
  const month = (m: string, next: string): [string, string, string] => [
    charge,
    `2026-${m}-01T00:00:00Z`,
    `2026-${next}-01T00:00:00Z`,
  ];
  expect(covered(month('09', '10'), month('05', '06'), month('06', '07'))).toEqual([
    { from: '2026-05-01', to: '2026-07-01' },
    { from: '2026-09-01', to: '2026-10-01' },
  ]);
});
