import { expect, it } from 'vitest';
import { savingScale } from './savingScale';

const BAR = { id: 'a', label: 'a', promised: 80, saved: 60, lower: -20, upper: 90 };

it('spans from the lowest to the highest amount, zero among them', () => {
  const at = savingScale([BAR, { ...BAR, upper: 180 }]);
  expect([at(-20), at(0), at(80), at(180)]).toEqual([0, 10, 50, 100]);
  expect(savingScale([{ ...BAR, lower: 20 }])(0)).toBe(0);
});

it('puts everything at the start where there is nothing', () => {
  expect(savingScale([])(0)).toBe(0);
});
