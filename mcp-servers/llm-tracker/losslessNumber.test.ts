import { parse } from 'lossless-json';
import { expect, test } from 'vitest';
import { Amount, Count, UnixSeconds } from './losslessNumber.ts';

test.each([
  ['0.1', '0.1'],
  ['0.10000000000000000000000000001', '0.10000000000000000000000000001'],
  ['-12345678901234567890.5', '-12345678901234567890.5'],
  ['1e-7', '0.0000001'],
  ['"0.0600"', '0.06'],
  ['0', '0'],
])('an amount keeps its digits: %s', (json, expected) => {
  expect(Amount.parse(parse(json))).toBe(expected);
});

test.each(['null', '""', '"a lot"', '"NaN"', '"1,5"', 'true', '{}', '"1e9999"'])(
  'is not an amount: %s',
  (json) => {
    expect(() => Amount.parse(parse(json))).toThrow();
  },
);

test('a count is whole, not negative, and exact beyond what a binary float can hold', () => {
  expect(Count.parse(parse('9007199254740993'))).toBe(9007199254740993n);
  for (const json of ['-1', '1.5', '1e3', '"1"', 'null']) {
    expect(Count.safeParse(parse(json)).success).toBe(false);
  }
});

test('a time in seconds becomes milliseconds', () => {
  expect(UnixSeconds.parse(parse('1730419200'))).toBe(1_730_419_200_000);
  expect(UnixSeconds.safeParse(parse('1730419200000')).success).toBe(false);
});
