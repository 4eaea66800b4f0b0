import { expect, test } from 'vitest';
import { addressGroup, pauseSeconds } from './signInRules.ts';

test('each failure from the fourth on costs twice as long a pause', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7].map(pauseSeconds)).toEqual([0, 0, 0, 0, 1, 2, 4, 8]);
});

test.each([
  ['203.0.113.1', '203.0.113.1', true],
  ['203.0.113.1', '203.0.113.2', false],
  ['203.0.113.1', '::ffff:203.0.113.1', true],
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['', 'no address', true],
  ['', '127.0.0.1', false],
])('%j and %j are one address: %s', (one, other, isSame) => {
  expect(addressGroup(one) === addressGroup(other)).toBe(isSame);
});
