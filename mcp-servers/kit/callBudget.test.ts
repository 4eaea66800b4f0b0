import { expect, test } from 'vitest';
import { createCallBudget } from './callBudget.ts';
import { createRateLimit } from './rateLimit.ts';

test('a budget ends with its last request and begins anew at midnight UTC', () => {
  let now = new Date('2026-11-23T23:59:00Z');
  const budget = createCallBudget(2, () => now);
  budget.take('a');
  budget.take('a');
  expect(() => budget.take('a')).toThrow(
    expect.objectContaining({
      meta: { code: 'BUDGET_EXHAUSTED', retryable: false, retryAfterMs: 60_000 },
    }) as Error,
  );
  expect(budget.left('b')).toBe(2);
  now = new Date('2026-11-24T00:00:00Z');
  expect(budget.left('a')).toBe(2);
});

test('requests that happened anyway count, but never make the budget negative', () => {
  const budget = createCallBudget(2, () => new Date('2026-11-23T12:00:00Z'));
  budget.charge('a', 5);
  expect(budget.left('a')).toBe(0);
});

test('a caller that calls too fast is told how long to wait; others are not held back', () => {
  let nowMs = 0;
  const admit = createRateLimit(() => nowMs);
  for (let i = 0; i < 500; i += 1) admit('a');
  expect(() => admit('a')).toThrow(
    expect.objectContaining({
      meta: { code: 'THROTTLED', retryable: true, retryAfterMs: 10 },
    }) as Error,
  );
  admit('b');
  nowMs = 10;
  admit('a');
});
