import { expect, test } from 'vitest';
import { sumBillDays } from './sumBillDays.ts';

const row = (day: string, ours: string | null, theirs: string) => ({ day, ours, theirs });

test('a day is the exact sum of its classes, also of those that only one side knows', () => {
  expect(
    sumBillDays([
      row('2026-11-23', '0.1', '0.1'),
      row('2026-11-23', '0.2', '0'),
      row('2026-11-23', null, '0.6'),
      row('2026-11-22', '0.000000001', '0.000000002'),
      row('2026-11-21', '1.5', '0'),
    ]),
  ).toEqual([
    { day: '2026-11-23', ours: '0.3', theirs: '0.7', difference: '0.4', differencePercent: 57.1 },
    {
      ...{ day: '2026-11-22', ours: '0.000000001', theirs: '0.000000002' },
      ...{ difference: '0.000000001', differencePercent: 50 },
    },
    { day: '2026-11-21', ours: '1.5', theirs: '0', difference: '-1.5', differencePercent: null },
  ]);
});
