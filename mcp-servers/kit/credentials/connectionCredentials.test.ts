import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { CostGuardError } from '../../../core/errors.ts';
import type { PlatformClient, PlatformRequest } from '../platform/createPlatformClient.ts';
import { createConnectionCredentials } from './connectionCredentials.ts';

const MINUTE_MS = 60_000;
const signal = new AbortController().signal;
const id = randomUUID();

let now: number;
let paths: string[];
let answer: () => unknown;
beforeEach(() => {
  now = 0;
  paths = [];
  answer = () => stored(1);
});

const stored = (version: number) => ({
  connectionId: id,
  credentialId: randomUUID(),
  version,
  credential: { kind: 'openai_admin_key', adminKey: 'sk-admin-0123456789' },
});
const platform: PlatformClient = {
  ask: <Reply extends z.ZodType>({ path, reply }: PlatformRequest<Reply>) => {
    paths.push(path);
    return Promise.resolve()
      .then(answer)
      .then((body) => reply.parse(body));
  },
};
const create = () => createConnectionCredentials(platform, () => new Date(now));
const refuse =
  (code: 'credential_not_found' | 'connection_not_found' | 'api_unavailable') => () => {
    throw new CostGuardError(code, 'detail');
  };

describe('a stored credential', () => {
  test('is asked for once for many calls, and kept for five minutes', async () => {
    const credentials = create();
    const all = await Promise.all(Array.from({ length: 9 }, () => credentials.find(id, signal)));
    expect(new Set(all).size).toBe(1);
    now = 5 * MINUTE_MS - 1;
    expect(await credentials.find(id.toUpperCase(), signal)).toBe(all[0]);
    expect(paths).toEqual([`/api/v1/connections/${id}/credential/open`]);
    now = 5 * MINUTE_MS;
    expect(await credentials.find(id, signal)).not.toBe(all[0]);
    expect(paths).toHaveLength(2);
  });

  test('that the provider refused is asked for anew', async () => {
    const credentials = create();
    await credentials.find(id, signal);
    credentials.drop(id);
    answer = () => stored(2);
    expect(await credentials.find(id, signal)).toMatchObject({ version: 2 });
  });

  test('that is not there is looked for again after a minute', async () => {
    const credentials = create();
    answer = refuse('credential_not_found');
    expect(await credentials.find(id, signal)).toBeUndefined();
    answer = () => stored(1);
    now = MINUTE_MS - 1;
    expect(await credentials.find(id, signal)).toBeUndefined();
    now = MINUTE_MS;
    expect(await credentials.find(id, signal)).toMatchObject({ version: 1 });
  });
});

test('what cannot be found out is an error, never the environment’s account', async () => {
  const credentials = create();
  answer = refuse('api_unavailable');
  await expect(credentials.find(id, signal)).rejects.toMatchObject({
    meta: { code: 'UPSTREAM_FAILED', retryable: true },
  });
  answer = refuse('connection_not_found');
  await expect(credentials.find(id, signal)).rejects.toMatchObject({ meta: { code: 'NOT_FOUND' } });
  answer = () => stored(1);
  expect(await credentials.find(id, signal)).toMatchObject({ version: 1 });
});

test.each(['default', 'c1', '../../users', `${id}/..`])(
  'the platform is not asked for %s, which is no id of a connection',
  async (name) => {
    expect(await create().find(name, signal)).toBeUndefined();
    expect(paths).toEqual([]);
  },
);

test('without an account of the platform there are none, and a draft cannot be tried', async () => {
  const credentials = createConnectionCredentials(undefined, () => new Date(now));
  expect(await credentials.find(id, signal)).toBeUndefined();
  await expect(credentials.openDraft(id, randomUUID(), signal)).rejects.toThrow(
    /COSTGUARD_CLIENT_ID/,
  );
});

test('a draft is not kept', async () => {
  const credentials = create();
  await credentials.openDraft(id, randomUUID(), signal);
  await credentials.find(id, signal);
  expect(paths).toHaveLength(2);
});
