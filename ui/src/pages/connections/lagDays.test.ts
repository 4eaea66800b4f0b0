import { expect, it } from 'vitest';
import { lagDays } from './lagDays';

const NOW = Date.parse('2026-11-27T09:00:00Z');

it.each([
  ['2026-11-26', 0],
  ['2026-11-27', 0],
  ['2026-11-25', 1],
  ['2026-11-20', 6],
  [null, 0],
])('costs until %s are %i days behind', (dataUntil, days) => {
  expect(lagDays(dataUntil, NOW)).toBe(days);
});
