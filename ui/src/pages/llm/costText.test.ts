import { expect, it } from 'vitest';
import { costText } from './costText';

it.each([
  [{ cost: '12.5', isCostPartial: false }, '$12.50'],
  [{ cost: '12.5', isCostPartial: true }, 'at least $12.50'],
  [{ cost: '0', isCostPartial: false }, '$0.00'],
  [{ cost: null, isCostPartial: true }, 'no price'],
  [{ cost: null, isCostPartial: false }, '–'],
])('shows %j as %s', (use, text) => {
  expect(costText(use, 'USD')).toBe(text);
});
