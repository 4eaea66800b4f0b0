import { expect, test } from 'vitest';
import { CostGuardError, ERROR_CODES, type ErrorCode, isErrorCode } from './errors.ts';
import { isNotFoundCode, notFound } from './notFound.ts';

test('an error shows its code and what to do, and keeps its cause for the log', () => {
  const cause = new Error('password=hunter2');
  const error = new CostGuardError('provider_unavailable', 'Try again later.', { cause });
  expect(error).toMatchObject({ code: 'provider_unavailable', detail: 'Try again later.', cause });
  expect(error.message).toBe('Try again later.');
  expect(JSON.stringify(error)).not.toContain('hunter2');
});

test.each(['toString', '__proto__', 'constructor', '', 'nope', 1, undefined])(
  '%s is no code of ours',
  (value) => expect(isErrorCode(value)).toBe(false),
);

test('every code has a title of its own', () => {
  const titles = Object.values(ERROR_CODES).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

test.each((Object.keys(ERROR_CODES) as ErrorCode[]).filter(isNotFoundCode))(
  '%s says where the ids are listed',
  (code) => expect(notFound(code).detail).toMatch(/^Check the id; the list of [a-z ]+ has them\.$/),
);
