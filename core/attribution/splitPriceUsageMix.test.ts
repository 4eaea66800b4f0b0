import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Exact } from './exact.ts';
import { splitPriceUsageMix, type UsageChange } from './splitPriceUsageMix.ts';

const number = (max: number, digits: number) =>
  fc.integer({ min: 0, max }).map((units) => new Exact(units).div(10 ** digits).toFixed());
const period = fc.option(fc.record({ cost: number(9_999_999, 6), quantity: number(99_999, 3) }), {
  nil: undefined,
});
const changes: fc.Arbitrary<UsageChange[]> = fc.array(
  fc
    .record({
      id: fc.uuid(),
      group: fc.constantFrom('Hrs', 'GB', 'tokens'),
      before: period,
      after: period,
    })
    .map(({ id, group, before, after }) => ({
      id,
      group,
      costBefore: before?.cost,
      quantityBefore: before?.quantity,
      costAfter: after?.cost,
      quantityAfter: after?.quantity,
    })),
  { maxLength: 30 },
);

it('usage, price, mix, new and gone resources add up exactly to the change of cost', () => {
  fc.assert(
    fc.property(changes, (all) => {
      const { usage, price, mix, added, removed, total } = splitPriceUsageMix(all);
      const sum = [usage, price, mix, added, removed].reduce((s, x) => s.plus(x), new Exact(0));
      expect(sum.toString()).toBe(total);
      const change = all.reduce(
        (s, { costBefore, costAfter }) => s.plus(costAfter ?? 0).minus(costBefore ?? 0),
        new Exact(0),
      );
      expect(total).toBe(change.toString());
    }),
  );
});

const one = (change: Partial<UsageChange>): UsageChange => ({ id: 'a', group: 'Hrs', ...change });

it.each([
  [
    'more hours at the same price',
    [one({ costBefore: '10', quantityBefore: '5', costAfter: '16', quantityAfter: '8' })],
    { usage: '6', price: '0', mix: '0' },
  ],
  [
    'the same hours at a higher price',
    [one({ costBefore: '10', quantityBefore: '5', costAfter: '15', quantityAfter: '5' })],
    { usage: '0', price: '5', mix: '0' },
  ],
  [
    'both: the cross term is price',
    [one({ costBefore: '10', quantityBefore: '5', costAfter: '30', quantityAfter: '10' })],
    { usage: '10', price: '10', mix: '0' },
  ],
  [
    'hours that moved to a dearer size',
    [
      one({ costBefore: '10', quantityBefore: '10', costAfter: '5', quantityAfter: '5' }),
      one({
        id: 'b',
        costBefore: '40',
        quantityBefore: '10',
        costAfter: '60',
        quantityAfter: '15',
      }),
    ],
    { usage: '0', price: '0', mix: '15' },
  ],
  ['a new resource', [one({ costAfter: '3' })], { added: '3', usage: '0', price: '0' }],
  [
    'a resource that is gone',
    [one({ costBefore: '3' })],
    { removed: '-3', usage: '0', price: '0' },
  ],
  [
    'no quantity: the price changed',
    [one({ costBefore: '3', costAfter: '4' })],
    { price: '1', usage: '0' },
  ],
])('%s', (_name, all, expected) => {
  expect(splitPriceUsageMix(all)).toMatchObject(expected);
});
