import { expect, test } from 'vitest';
import { mapConcurrently } from './mapConcurrently.ts';

test('keeps the order and never asks more at a time than it may', async () => {
  let running = 0;
  let most = 0;
  const results = await mapConcurrently([5, 1, 4, 2, 3], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test('begins no other after one has failed', async () => {
  const asked: number[] = [];
  const all = mapConcurrently([1, 2, 3, 4], 2, async (item) => {
    asked.push(item);
    await Promise.resolve();
    if (item === 1) throw new Error('first');
    return item;
  });
  await expect(all).rejects.toThrow('first');
  expect(asked).toEqual([1, 2]);
});

test('nothing gives nothing', async () => {
  expect(await mapConcurrently([], 4, () => Promise.resolve(1))).toEqual([]);
});
