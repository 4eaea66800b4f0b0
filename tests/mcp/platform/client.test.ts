import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { parseEnv } from '../../../core/config/env.ts';
import { Me } from '../../../core/contracts/identity.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { createPlatformClient } from '../../../mcp-servers/kit/platform/createPlatformClient.ts';
import type { TestService } from '../../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../api/startTestApi.ts';
import { startApiProxy, type ApiProxy } from './apiProxy.ts';

const ME = { method: 'GET', path: '/api/v1/auth/me', reply: Me } as const;

let api: TestApi;
let proxy: ApiProxy;
let account: TestService;
let now: Date;

beforeAll(async () => {
  api = await startTestApi();
  proxy = await startApiProxy(api.url);
  account = await api.addService(['mcp:read']);
});
afterAll(async () => {
  await proxy.close();
  await api.close();
});
beforeEach(() => {
  proxy.break(undefined);
  proxy.seen.length = 0;
  now = new Date();
});

const client = (given: Record<string, string> = {}) => {
  const made = createPlatformClient(
    parseEnv({
      INTERNAL_API_URL: proxy.url,
      COSTGUARD_CLIENT_ID: account.clientId,
      COSTGUARD_CLIENT_SECRET: account.clientSecret,
      ...given,
    }),
    { now: () => now },
  );
  if (made === undefined) throw new Error('there should be a client');
  return made;
};

const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof CostGuardError) return error;
      throw error;
    },
  );

const tokensAsked = () => proxy.seen.filter(({ path }) => path === '/oauth/token').length;

test('there is no client without an account', () => {
  const env = parseEnv({ COSTGUARD_CLIENT_ID: 'cg-1' });
  expect(createPlatformClient(env, { now: () => now })).toBeUndefined();
});

test('it asks as its own account, with one token for many requests at once and after one another', async () => {
  const { ask } = client();
  const answers = await Promise.all([ask(ME), ask(ME), ask(ME)]);
  expect(answers.map(({ id }) => id)).toEqual(Array(3).fill(account.id));
  await ask(ME);
  expect(tokensAsked()).toBe(1);
});

test('a token is renewed before its end', async () => {
  const { ask } = client();
  await ask(ME);
  now = new Date(now.getTime() + 13 * 60_000);
  await ask(ME);
  expect(tokensAsked()).toBe(1);
  now = new Date(now.getTime() + 61_000);
  await ask(ME);
  expect(tokensAsked()).toBe(2);
});

test('a token that is not taken is replaced once', async () => {
  const { ask } = client();
  await ask(ME);
  // What stands in the token ended for the API; this server's clock does not know.
  api.clock.now = new Date(Date.now() + 20 * 60_000);
  try {
    expect(await ask(ME)).toMatchObject({ id: account.id });
    expect(tokensAsked()).toBe(2);
  } finally {
    api.clock.now = null;
  }
});

test('an account whose secret is wrong says what the operator does', async () => {
  const error = await refusalOf(client({ COSTGUARD_CLIENT_SECRET: 'wrong-secret' }).ask(ME));
  expect(error).toMatchObject({ code: 'credentials_rejected' });
  expect(error?.detail).toContain('COSTGUARD_CLIENT_SECRET');
  expect(JSON.stringify(error)).not.toContain('wrong-secret');
});

test('what the API refuses keeps its code', async () => {
  const forbidden = { ...ME, path: '/api/v1/users', reply: z.unknown() };
  expect(await refusalOf(client().ask(forbidden))).toMatchObject({ code: 'forbidden' });
  const wrong = { method: 'POST', path: '/api/v1/auth/me', reply: z.unknown() } as const;
  expect(await refusalOf(client().ask(wrong))).toMatchObject({ code: 'method_not_allowed' });
});

test.each(['failing', 'cut', 'nonsense', 'not-exchanging'] as const)(
  'an API that is %s can be asked again later, and no token is in the error',
  async (fault) => {
    const { ask } = client();
    proxy.break(fault);
    const error = await refusalOf(ask(ME));
    expect(error).toMatchObject({ code: 'api_unavailable' });
    expect(`${JSON.stringify(error)}${String(error)}`).not.toMatch(/eyJ|secret-upstream|cgs_/);
    proxy.break(undefined);
    expect(await ask(ME)).toMatchObject({ id: account.id });
  },
);

test('how long the API asks to wait is kept', async () => {
  const { ask } = client();
  await ask(ME);
  proxy.break('busy');
  expect(await refusalOf(ask(ME))).toMatchObject({ code: 'api_unavailable', retryAfterMs: 7_000 });
});

test('who gives up waiting is answered at once, and the token’s request goes on for the others', async () => {
  const { ask } = client();
  const giveUp = new AbortController();
  const first = ask({ ...ME, signal: giveUp.signal });
  const second = ask(ME);
  giveUp.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  expect(await second).toMatchObject({ id: account.id });
  expect(tokensAsked()).toBe(1);
});

test('a request in flight is ended when its caller gives up', async () => {
  const { ask } = client();
  await ask(ME);
  proxy.break('hanging');
  const giveUp = new AbortController();
  const asked = ask({ ...ME, signal: giveUp.signal });
  setImmediate(() => {
    giveUp.abort(new Error('enough'));
  });
  await expect(asked).rejects.toThrow('enough');
});
