import { expect, test } from 'vitest';
import { formOf, grantWords, toGrant } from './teamForm';

const connectionId = '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11';
const names = new Map([[connectionId, 'production']]);

test.each([
  [{ connectionId }, 'production'],
  [{ connectionId, account: '111' }, 'account 111 of production'],
  [{ connectionId, owner: 'web' }, 'what web owns in production'],
])('%j goes through the form unchanged and has words', (grant, words) => {
  expect(toGrant(formOf(grant))).toEqual(grant);
  expect(grantWords(grant, names)).toBe(words);
});

test('what was typed before the whole was chosen is left out, and spaces around a name are', () => {
  expect(toGrant({ connectionId, part: 'whole', value: 'left' })).toEqual({ connectionId });
  expect(toGrant({ connectionId, part: 'owner', value: ' web ' })).toEqual({
    connectionId,
    owner: 'web',
  });
});
