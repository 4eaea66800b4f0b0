import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DriverCost, useDrivers } from './useDrivers.ts';

const cost = fc.double({ min: 0, max: 1e6, noNaN: true });
const name = fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k');
const costs = fc.array(
  fc.record({
    apiKeyId: name,
    projectId: name,
    model: name,
    userTag: name,
    during: cost,
    before: cost,
  }),
  { minLength: 1, maxLength: 40 },
);

test('the shares of each dimension add up to 1, and its drivers to the finding', () => {
  fc.assert(
    fc.property(costs, cost, cost, (given, actual, expected) => {
      fc.pre(Math.abs(actual - expected) > 1 && given.some(({ during }) => during > 0));
      const drivers = useDrivers(given, { actual, expected });
      for (const dimension of new Set(drivers.map((driver) => driver.dimension))) {
        const own = drivers.filter((driver) => driver.dimension === dimension);
        expect(own.length).toBeLessThanOrEqual(9);
        const sum = (name: 'actual' | 'expected') =>
          own.reduce((all, driver) => all + Number(driver[name]), 0);
        expect(own.reduce((all, { share }) => all + share, 0)).toBeCloseTo(1, 4);
        expect(Math.abs(sum('actual') - actual)).toBeLessThan(0.01);
        expect(Math.abs(sum('expected') - expected)).toBeLessThan(0.01);
      }
    }),
  );
});

test('a dimension of which nothing is told is left out, and a small difference has no causes', () => {
  const one: DriverCost = {
    apiKeyId: 'key_1',
    projectId: '',
    model: 'm',
    userTag: '',
    during: 10,
    before: 0,
  };
  const dimensions = useDrivers([one], { actual: 10, expected: 1 }).map((d) => d.dimension);
  expect(dimensions).toEqual(['x_ApiKeyId', 'x_Model']);
  expect(useDrivers([one], { actual: 10, expected: 9.999 })).toEqual([]);
});
