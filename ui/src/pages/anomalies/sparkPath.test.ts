import { expect, it } from 'vitest';
import { sparkPoints } from './sparkPath';

const BOX = { width: 104, height: 24, inset: 2 };

it('goes from edge to edge, the largest at the top and zero at the bottom', () => {
  expect(sparkPoints([0, 5, 10], BOX)).toEqual([
    { x: 2, y: 22 },
    { x: 52, y: 12 },
    { x: 102, y: 2 },
  ]);
});

it('keeps zero in sight where credits make days negative', () => {
  expect(sparkPoints([-10, 10], BOX).map(({ y }) => y)).toEqual([22, 2]);
});

it('draws nothing but zeros, a single day and no day at all', () => {
  expect(sparkPoints([0, 0], BOX).every(({ y }) => Number.isFinite(y))).toBe(true);
  expect(sparkPoints([3], BOX)).toEqual([{ x: 2, y: 2 }]);
  expect(sparkPoints([], BOX)).toEqual([]);
});
