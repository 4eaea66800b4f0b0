import { expect, test } from 'vitest';
import { changeRows } from './changeRows.ts';

test.each([
  [
    'a change',
    { before: { amount: '1', name: 'a' }, after: { amount: '2', name: 'a' }, repriced: 3 },
    {
      changed: [{ field: 'amount', before: '1', after: '2' }],
      same: 1,
      facts: [['repriced', '3']],
    },
  ],
  [
    'something new',
    { after: { scopes: ['a', 'b'], none: null } },
    { changed: [{ field: 'scopes', before: undefined, after: '["a","b"]' }], same: 1, facts: [] },
  ],
  [
    'something deleted',
    { before: { name: 'a' }, after: null },
    { changed: [{ field: 'name', before: 'a', after: undefined }], same: 0, facts: [] },
  ],
  [
    'values that are no objects',
    { before: 'open', after: 'expected' },
    { changed: [{ field: 'value', before: 'open', after: 'expected' }], same: 0, facts: [] },
  ],
  ['no change', { scope: 'a' }, { changed: [], same: 0, facts: [['scope', 'a']] }],
  ['nothing', {}, { changed: [], same: 0, facts: [] }],
])('%s is told apart', (_name, detail, expected) => {
  expect(changeRows(detail)).toEqual(expected);
});
