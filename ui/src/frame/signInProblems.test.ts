import { expect, test } from 'vitest';
import { signInProblem } from './signInProblems.ts';

test('a code of the API is said in words, and nothing else in the address is shown', () => {
  expect(signInProblem('oidc_no_role')).toContain('no role');
  for (const code of [null, '', 'constructor', '__proto__', '<b>planted</b>'])
    expect(signInProblem(code)).toBeUndefined();
});
