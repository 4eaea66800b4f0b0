import { expect, test } from 'vitest';
import { createSharedLookup } from './sharedLookup.ts';

/** A look-up whose queries are answered when the test says so. */
function heldBack() {
  const asked: string[][] = [];
  const answers: ((error?: Error) => void)[] = [];
  const find = createSharedLookup<string>((ids) => {
    asked.push([...ids]);
    return new Promise((resolve, reject) => {
      answers.push((error) => {
        if (error) reject(error);
        else resolve(new Map(ids.map((id) => [id, id.toUpperCase()])));
      });
    });
  });
  return { find, asked, answer: (index: number, error?: Error) => answers[index]?.(error) };
}

test('requests of one turn share a query, and who comes while it runs shares the next', async () => {
  const { find, asked, answer } = heldBack();
  const first = [find(['a']), find(['b', 'a'])];
  await expect.poll(() => asked).toEqual([['a', 'b']]);
  const second = [find(['a']), find(['c'])];
  answer(0);
  expect(await Promise.all(first)).toEqual(
    Array(2).fill(
      new Map([
        ['a', 'A'],
        ['b', 'B'],
      ]),
    ),
  );
  await expect
    .poll(() => asked)
    .toEqual([
      ['a', 'b'],
      ['a', 'c'],
    ]);
  answer(1);
  expect((await second[1])?.get('c')).toBe('C');
});

test('a query that fails is told to those who share it, and the next is asked again', async () => {
  const { find, asked, answer } = heldBack();
  const failing = find(['a']);
  await expect.poll(() => asked).toHaveLength(1);
  const next = find(['a']);
  answer(0, new Error('away'));
  await expect(failing).rejects.toThrow('away');
  await expect.poll(() => asked).toHaveLength(2);
  answer(1);
  expect((await next).get('a')).toBe('A');
});

test('nothing is asked for no ids', async () => {
  const { find, asked } = heldBack();
  expect(await find([])).toEqual(new Map());
  expect(asked).toEqual([]);
});
