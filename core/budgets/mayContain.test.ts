import { expect, it } from 'vitest';
import { mayContain } from './mayContain.ts';

const connection = { id: 'a', provider: 'aws' } as const;

it.each([
  [{}, true],
  [{ provider: 'aws' }, true],
  [{ provider: 'gcp' }, false],
  [{ connectionId: 'a' }, true],
  [{ connectionId: 'b' }, false],
  [{ provider: 'gcp', connectionId: 'a' }, false],
  [{ counts: 'llm_use' }, false],
  [{ teamId: 't' }, true],
  [{ service: 'Anything', region: 'anywhere', account: '1' }, true],
] as const)('%j: %s', (filter, expected) => {
  expect(mayContain(filter, connection)).toBe(expected);
});
