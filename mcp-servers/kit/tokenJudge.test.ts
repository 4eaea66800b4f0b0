import { expect, test } from 'vitest';
import type { PlatformClient } from './platform/createPlatformClient.ts';
import { createTokenJudge } from './tokenJudge.ts';

/** A platform that counts what it is asked and answers when it is let. */
function countingPlatform() {
  const asked: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const ask: PlatformClient['ask'] = async ({ form, reply }) => {
    asked.push(form?.['token'] ?? '');
    await held;
    return reply.parse({ active: true, scope: 'mcp:read' });
  };
  return {
    platform: { ask },
    asked,
    release: () => {
      release();
    },
  };
}

test('a token is asked about once, for calls at once and for three seconds', async () => {
  let nowMs = 0;
  const { platform, asked, release } = countingPlatform();
  const { judge } = createTokenJudge(platform, () => new Date(nowMs));
  const calls = [judge('one'), judge('one'), judge('other'), judge('one')];
  release();
  await Promise.all(calls);
  nowMs = 2_999;
  expect(await judge('one')).toMatchObject({ active: true });
  expect(asked).toEqual(['one', 'other']);
  nowMs = 3_000;
  await judge('one');
  expect(asked).toEqual(['one', 'other', 'one']);
});
