import { expect, it } from 'vitest';
import { weekMean } from './weekMean';

it('is the mean of seven days, from the seventh on', () => {
  expect(weekMean([7, 7, 7, 7, 7, 0, 0, 14, 7])).toEqual([
    ...Array.from({ length: 6 }, () => null),
    5,
    6,
    6,
  ]);
  expect(weekMean([1, 2])).toEqual([null, null]);
});
