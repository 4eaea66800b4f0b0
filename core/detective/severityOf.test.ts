import { expect, it } from 'vitest';
import { severityOf } from './severityOf.ts';

it.each([
  [5, 10_000, 50, 'low'],
  [39, 10_000, 5, 'low'],
  [39, 10_000, 15, 'medium'],
  [10, 90, 5, 'medium'],
  [50, 200, 5, 'high'],
  [200, 1e6, 5, 'high'],
  [120, 200, 5, 'critical'],
  [1000, 1e9, 5, 'critical'],
  [12, 0, -20, 'medium'],
])('%d a day of a spend of %d, %d standard errors off, is %s', (impact, spend, score, severity) => {
  expect(severityOf(impact, spend, score)).toBe(severity);
});
