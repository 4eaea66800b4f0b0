import { expect, it } from 'vitest';
import { formatFraction, fromFractions, toFractions } from './percents';

it.each([
  ['50, 80, 100', [0.5, 0.8, 1]],
  ['33.3', [0.333]],
  ['  90 ,', [0.9]],
  ['', []],
])('reads %j', (text, fractions) => expect(toFractions(text)).toEqual(fractions));

it('leaves what is no number to the server', () => expect(toFractions('a lot')).toEqual([NaN]));

it('writes what it reads', () => {
  const fractions = [0.1, 0.29, 0.333, 0.5, 1, 1.25];
  expect(toFractions(fromFractions(fractions))).toEqual(fractions);
  expect(fractions.map(formatFraction)).toEqual(['10%', '29%', '33.3%', '50%', '100%', '125%']);
});
