import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CostCell } from './costCell.ts';
import { Exact } from './exact.ts';
import { splitExcess } from './splitExcess.ts';

const amount = fc
  .tuple(fc.integer({ min: -50_000, max: 90_000_000 }), fc.integer({ min: 0, max: 9 }))
  .map(([units, scale]) => new Exact(units).div(new Exact(10).pow(scale)).toFixed());
const cells: fc.Arbitrary<CostCell[]> = fc.array(
  fc.record({
    dimensions: fc.record(
      {
        ServiceName: fc.constantFrom('EC2', 'S3', 'RDS', 'OpenAI API'),
        RegionId: fc.constantFrom('eu-west-1', 'us-east-1'),
        ResourceId: fc.constantFrom('i-1', 'i-2', 'db-1', 'key-7', 'bucket'),
      },
      { requiredKeys: ['ServiceName'] },
    ),
    actual: amount,
    expected: amount,
  }),
  { minLength: 1, maxLength: 40 },
);

it('the parts of every dimension add up exactly to the whole excess', () => {
  fc.assert(
    fc.property(
      cells,
      fc.constantFrom('ServiceName', 'RegionId', 'ResourceId'),
      (all, dimension) => {
        const whole = all.reduce((sum, c) => sum.plus(c.actual).minus(c.expected), new Exact(0));
        const parts = splitExcess(all, dimension);
        const sum = parts.reduce((total, part) => total.plus(part.excess), new Exact(0));
        expect(sum.toString()).toBe(whole.toString());
        const shares = parts.reduce((total, part) => total + part.share, 0);
        const size = parts.reduce((total, part) => total + Math.abs(part.share), 0);
        expect(Math.abs(shares - (whole.isZero() ? 0 : 1))).toBeLessThanOrEqual(1e-12 * (1 + size));
      },
    ),
  );
});

it('says what is new and what is gone, and gives a negative share to what moves against the rest', () => {
  const parts = splitExcess(
    [
      { dimensions: { ServiceName: 'new' }, actual: '30.10', expected: '0' },
      { dimensions: { ServiceName: 'gone' }, actual: '0', expected: '10.05' },
      { dimensions: { ServiceName: 'same' }, actual: '7', expected: '7' },
    ],
    'ServiceName',
  );
  expect(parts.map(({ value, excess, life }) => [value, excess, life])).toEqual([
    ['new', '30.1', 'new'],
    ['gone', '-10.05', 'gone'],
    ['same', '0', 'lasting'],
  ]);
  expect(parts[1]?.share).toBeLessThan(0);
});
