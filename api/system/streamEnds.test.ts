import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

// The promise of docs/identity: what was taken away ends within ten seconds, on a stream that is open too.
const PROMISED = { timeout: 10_000, interval: 50 };

let api: TestApi;
let admin: TestUser;
beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
  api.services.changes.start();
});
afterAll(() => api.close());

/** Opens a stream; it ends by itself, or with the test. */
async function open(as: Record<string, string>) {
  const stop = new AbortController();
  const response = await fetch(`${api.url}/api/v1/events`, { headers: as, signal: stop.signal });
  expect(response.status).toBe(200);
  const seen = { text: '', hasEnded: false, close: () => stop.abort() };
  const read = async () => {
    for await (const chunk of response.body ?? [])
      seen.text += Buffer.from(chunk as Uint8Array).toString();
    seen.hasEnded = true;
  };
  read().catch(() => undefined);
  await expect.poll(() => seen.text, PROMISED).toContain('retry: 2000');
  return seen;
}

const change = async (method: string, path: string, body?: unknown) => {
  const reply = await api.call(method, path, {
    as: admin.as,
    ...(body === undefined ? {} : { body }),
  });
  expect([200, 201, 204]).toContain(reply.status);
  return reply.body;
};

describe('a person’s stream ends within ten seconds', () => {
  const team = async (user: TestUser) =>
    (await change('POST', '/api/v1/teams', {
      name: `team of ${user.username}`,
      members: [{ kind: 'user', id: user.id }],
    })) as { id: string };

  test.each<[string, (user: TestUser) => Promise<unknown>]>([
    [
      'when an admin ends the sessions',
      ({ id }) => change('DELETE', `/api/v1/users/${id}/sessions`),
    ],
    [
      'when the person signs out',
      ({ as }) => api.call('POST', '/api/v1/auth/logout', { as, body: {} }),
    ],
    ['when disabled', ({ id }) => change('PATCH', `/api/v1/users/${id}`, { enabled: false })],
    ['with another role', ({ id }) => change('PATCH', `/api/v1/users/${id}`, { role: 'viewer' })],
    ['when put into a team', team],
  ])('%s', async (_name, takeAway) => {
    const user = await api.signIn('operator');
    const stream = await open(user.as);
    const other = await open(admin.as);
    await takeAway(user);
    await expect.poll(() => stream.hasEnded, PROMISED).toBe(true);
    // Nobody else's ends with it, and it goes on telling.
    const id = await addConnection(api.services.db);
    await expect.poll(() => other.text, PROMISED).toContain(id);
    expect(other.hasEnded).toBe(false);
    expect(stream.text).not.toContain(id);
    other.close();
  });

  test('when the session runs out, for an open stream is no use of it', async () => {
    const user = await api.signIn('operator');
    const stream = await open(user.as);
    api.clock.now = new Date(Date.now() + api.services.env.SESSION_IDLE_MINUTES * 60_000 + 1_000);
    try {
      await expect.poll(() => stream.hasEnded, PROMISED).toBe(true);
    } finally {
      api.clock.now = null;
    }
  });
});

describe('a service’s stream ends within ten seconds', () => {
  type Service = Awaited<ReturnType<TestApi['addService']>>;
  const revoke = async ({ clientId, clientSecret, as }: Service) => {
    const token = as['authorization']?.replace('Bearer ', '') ?? '';
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const reply = await fetch(`${api.url}/oauth/revoke`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ token }),
    });
    expect(reply.status).toBe(200);
  };
  const patch = (id: string, body: unknown) =>
    change('PATCH', `/api/v1/service-accounts/${id}`, body);

  test.each<[string, (service: Service) => Promise<unknown>]>([
    ['when its token is revoked', revoke],
    ['when its account is disabled', ({ id }) => patch(id, { enabled: false })],
    ['when its account loses a scope', ({ id }) => patch(id, { scopes: ['costs:read'] })],
    [
      'when its secret is replaced',
      ({ id }) => change('POST', `/api/v1/service-accounts/${id}/secret`, {}),
    ],
    ['when its account is deleted', ({ id }) => change('DELETE', `/api/v1/service-accounts/${id}`)],
  ])('%s', async (_name, takeAway) => {
    const service = await api.addService(['costs:read', 'connections:read']);
    const stream = await open(service.as);
    await takeAway(service);
    await expect.poll(() => stream.hasEnded, PROMISED).toBe(true);
  });
});

test('a stream of somebody who stays who they are goes on past the checks', async () => {
  const user = await api.signIn('viewer');
  const other = await api.signIn('viewer');
  const [stream, canary] = [await open(user.as), await open(other.as)];
  // The second one's end says that a whole round of checks has passed since both were opened.
  await change('DELETE', `/api/v1/users/${other.id}/sessions`);
  await expect.poll(() => canary.hasEnded, PROMISED).toBe(true);
  expect(stream.hasEnded).toBe(false);
  stream.close();
});
