import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Me, SessionList, SessionsEnded } from '../../core/contracts/identity.ts';
import { TEST_PASSWORD, type TestUser } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
afterAll(() => api.close());

type As = Record<string, string>;
const me = (as: As) => api.call('GET', '/api/v1/auth/me', { as });
const list = async (as: As) =>
  (await api.call('GET', '/api/v1/auth/sessions', { as })).read(SessionList).items;
const signInAgain = async (username: string, headers: As = {}): Promise<As> => {
  const body = { username, password: TEST_PASSWORD };
  const reply = await api.call('POST', '/api/v1/auth/login', { body, headers });
  const cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { cookie, 'x-csrf-token': reply.read(Me).csrfToken ?? '' };
};

describe('one’s own sessions', () => {
  test('say where and with what each was started, the one used last first', async () => {
    const { username } = await api.addUser('viewer');
    const phone = await signInAgain(username, {
      'user-agent': 'Phone/1.0 \u00e9',
      'x-forwarded-for': '203.0.113.7',
    });
    const desk = await signInAgain(username, { 'user-agent': `Desk/${'x'.repeat(400)}` });
    const sessions = await list(desk);
    expect(sessions).toHaveLength(2);
    const [current, other] = [
      sessions.find((one) => one.isCurrent),
      sessions.find((one) => !one.isCurrent),
    ];
    expect(current).toMatchObject({ address: '127.0.0.1', signIn: 'password' });
    expect(current?.userAgent).toHaveLength(300);
    expect(other).toMatchObject({ address: '203.0.113.7', userAgent: 'Phone/1.0 ' });
    expect(Date.parse(other?.endsAt ?? '') - Date.parse(other?.createdAt ?? '')).toBe(
      12 * 3_600_000,
    );
    // No token and no CSRF token of another session.
    const text = JSON.stringify(await list(desk));
    expect(text).not.toContain(phone['x-csrf-token']);
    api.clock.now = new Date(Date.now() + 600_000);
    await me(phone);
    expect((await list(phone))[0]).toMatchObject({ userAgent: 'Phone/1.0 ', isCurrent: true });
    api.clock.now = null;
  });

  test('can be ended one by one; the own one takes its cookie along', async () => {
    const user = await api.signIn('viewer');
    const other = await signInAgain(user.username);
    const otherId = (await list(other)).find((one) => one.isCurrent)?.id ?? '';
    const end = (id: string) => api.call('DELETE', `/api/v1/auth/sessions/${id}`, { as: user.as });
    const reply = await end(otherId);
    expect(reply.status).toBe(204);
    expect(reply.headers.get('set-cookie')).toBeNull();
    expect((await me(other)).status).toBe(401);
    expect((await end(otherId)).refusal()).toMatchObject({ code: 'session_not_found' });
    const own = (await list(user.as))[0]?.id ?? '';
    expect((await end(own)).headers.get('set-cookie')).toMatch(/^costguard_session=; Max-Age=0/);
    expect((await me(user.as)).status).toBe(401);
  });

  test('are nobody else’s, not even an admin’s: another’s id is a missing one', async () => {
    const user = await api.signIn('viewer');
    const id = (await list(user.as))[0]?.id ?? '';
    const ask = async (one: string) => {
      const reply = await api.call('DELETE', `/api/v1/auth/sessions/${one}`, { as: admin.as });
      return { ...reply.problem(), requestId: '' };
    };
    expect(await ask(id)).toEqual(await ask(randomUUID()));
    expect((await me(user.as)).status).toBe(200);
  });

  test('all but the one that asks can be ended at once', async () => {
    const user = await api.signIn('viewer');
    const others = [await signInAgain(user.username), await signInAgain(user.username)];
    const reply = await api.call('DELETE', '/api/v1/auth/sessions', { as: user.as });
    expect(reply.read(SessionsEnded)).toEqual({ ended: 2 });
    for (const other of others) expect((await me(other)).status).toBe(401);
    expect((await me(user.as)).status).toBe(200);
  });

  test('are at most fifty: the one used longest ago ends', async () => {
    const { id, username } = await api.addUser('viewer');
    const now = Date.now();
    await api.services.db
      .insertInto('sessions')
      .values(
        Array.from({ length: 50 }, (_, i) => ({
          id: randomUUID(),
          token_hash: `${username}-${String(i)}`,
          csrf_token: 'x',
          user_id: id,
          last_seen_at: new Date(now - (i + 1) * 60_000),
          expires_at: new Date(now + 3_600_000),
        })),
      )
      .execute();
    const as = await signInAgain(username);
    const left = await list(as);
    expect(left).toHaveLength(50);
    expect(left.some((one) => one.isCurrent)).toBe(true);
    expect(left.at(-1)?.lastSeenAt).toBe(new Date(now - 49 * 60_000).toISOString());
  });

  test('do not exist for a service', async () => {
    const service = await api.addService(['costs:read']);
    expect(await list(service.as)).toEqual([]);
  });
});

describe('an admin', () => {
  test('sees a person’s sessions and signs them out everywhere', async () => {
    const user = await api.signIn('viewer');
    const path = `/api/v1/users/${user.id}/sessions`;
    const seen = (await api.call('GET', path, { as: admin.as })).read(SessionList).items;
    expect(seen).toMatchObject([{ address: '127.0.0.1', isCurrent: false }]);
    const ended = await api.call('DELETE', path, { as: admin.as });
    expect(ended.read(SessionsEnded)).toEqual({ ended: 1 });
    expect((await me(user.as)).status).toBe(401);
  });

  test('others may not', async () => {
    const user = await api.signIn('approver');
    const path = `/api/v1/users/${admin.id}/sessions`;
    for (const method of ['GET', 'DELETE'])
      expect((await api.call(method, path, { as: user.as })).status).toBe(403);
    expect((await me(admin.as)).status).toBe(200);
  });
});

test('each of these is one row of the audit log', async () => {
  const user = await api.signIn('viewer');
  await signInAgain(user.username);
  await api.call('DELETE', '/api/v1/auth/sessions', { as: user.as });
  const other = await signInAgain(user.username);
  const id = (await list(other)).find((one) => one.isCurrent)?.id ?? '';
  await api.call('DELETE', `/api/v1/auth/sessions/${id}`, { as: user.as });
  await api.call('DELETE', `/api/v1/users/${user.id}/sessions`, { as: admin.as });
  const rows = await api.services.db
    .selectFrom('audit_log')
    .select(['operation', 'actor_id', 'detail'])
    .where((eb) => eb.or([eb('actor_id', '=', user.id), eb('subject', '=', `user:${user.id}`)]))
    .orderBy('seq')
    .execute();
  const start = { operation: 'session.start', actor_id: user.id };
  const revoke = { operation: 'session.revoke', actor_id: user.id, detail: { ended: 1 } };
  expect(rows).toMatchObject([
    start,
    start,
    revoke,
    start,
    revoke,
    { operation: 'session.revoke', actor_id: admin.id, detail: { ended: 1 } },
  ]);
});
