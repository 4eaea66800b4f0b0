import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CostFilter } from '../../core/mcp/costFilter.ts';
import { judgeFilter } from './judgeFilter.ts';

const DIMENSIONS = ['a', 'b', 'c'];
const VALUES = ['', '1', '2'];

const leaf: fc.Arbitrary<CostFilter> = fc
  .tuple(
    fc.constantFrom(...DIMENSIONS),
    fc.subarray(VALUES, { minLength: 1 }),
    fc.constantFrom('in' as const, 'notIn' as const),
  )
  .map(([dimension, values, form]) => ({ dimension, [form]: values }));

const { filter } = fc.letrec<{ filter: CostFilter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
    tie('filter').map((not) => ({ not })),
  ),
}));

/** Every way in which the dimensions can have one of their possible values. */
const worlds = (possible: Record<string, string[]>): Record<string, string>[] =>
  DIMENSIONS.reduce<Record<string, string>[]>(
    (all, name) =>
      all.flatMap((world) =>
        (possible[name] ?? VALUES).map((value) => ({ ...world, [name]: value })),
      ),
    [{}],
  );

const judgeOne = (tree: CostFilter, world: Record<string, string>) =>
  judgeFilter(tree, (dimension) => [world[dimension] ?? '']);

test('where every value is known, the verdict is what the filter says', () => {
  fc.assert(
    fc.property(filter, fc.constantFrom(...worlds({})), (tree, world) => {
      expect(judgeOne(tree, world)).toBe(holds(tree, world) ? 'always' : 'never');
    }),
  );
});

test('a verdict about possible values is true of each of them', () => {
  const some = fc.subarray(VALUES, { minLength: 1 });
  fc.assert(
    fc.property(
      filter,
      fc.record({ a: some, b: some }),
      (tree, possible: Record<string, string[]>) => {
        const verdict = judgeFilter(tree, (dimension) => possible[dimension]);
        if (verdict === 'maybe') return;
        for (const world of worlds(possible)) expect(judgeOne(tree, world)).toBe(verdict);
      },
    ),
  );
});

function holds(tree: CostFilter, world: Record<string, string>): boolean {
  if (tree.and) return tree.and.every((part) => holds(part, world));
  if (tree.or) return tree.or.some((part) => holds(part, world));
  if (tree.not) return !holds(tree.not, world);
  const value = world[tree.dimension ?? ''] ?? '';
  return tree.in ? tree.in.includes(value) : !(tree.notIn ?? []).includes(value);
}
