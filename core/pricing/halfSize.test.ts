import { expect, it } from 'vitest';
import { halfSize } from './halfSize.ts';
import { sizeFactor } from './sizeFactor.ts';

it.each([
  ['m5.4xlarge', 'm5.2xlarge'],
  ['m5.2xlarge', 'm5.xlarge'],
  ['m5.xlarge', 'm5.large'],
  ['t3.large', 't3.medium'],
  ['c5.24xlarge', 'c5.12xlarge'],
  ['t3.nano', undefined],
  ['c5.9xlarge', undefined],
  ['m5.metal', undefined],
  ['nonsense', undefined],
])('half of %s is %s', (type, half) => {
  expect(halfSize(type)).toBe(half);
  if (half !== undefined) {
    expect(Number(sizeFactor(half)?.factor) * 2).toBe(Number(sizeFactor(type)?.factor));
  }
});
