import { expect, test } from 'vitest';
import { driftOf } from './driftOf.ts';

test.each([
  ['100', '101', null],
  ['100', '101.02', '1.02'],
  ['102', '100', '-2'],
  ['0', '0.01', null],
  ['0', '0.0101', '0.0101'],
  ['5', '0', '-5'],
  ['0', '0', null],
  [null, '7', null],
])('ours %s and theirs %s drift by %s', (ours, theirs, drift) => {
  expect(driftOf({ ours, theirs })).toBe(drift);
});
