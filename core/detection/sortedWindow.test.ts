import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSortedWindow, pushToWindow, windowQuantile } from './sortedWindow.ts';

it('holds the newest values in order of size', () => {
  const stream = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 60 });
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 12 }), (values, capacity) => {
      const window = createSortedWindow(capacity);
      values.forEach((value, i) => {
        pushToWindow(window, value);
        const newest = values.slice(Math.max(0, i + 1 - capacity), i + 1).sort((a, b) => a - b);
        expect([...window.sorted.slice(0, window.count)]).toEqual(newest);
      });
    }),
  );
});

it('interpolates quantiles between neighbours', () => {
  const window = createSortedWindow(5);
  for (const value of [4, 1, 3, 2]) pushToWindow(window, value);
  expect(windowQuantile(window, 0.5)).toBe(2.5);
  expect(windowQuantile(window, 1)).toBe(4);
  expect(windowQuantile(createSortedWindow(3), 0.5)).toBeNaN();
});
