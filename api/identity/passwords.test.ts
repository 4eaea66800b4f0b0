import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Me, OneTimePassword, User, UserCreated } from '../../core/contracts/identity.ts';
import { TEST_PASSWORD, type TestUser } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import { ROUTES } from '../routes.ts';

let api: TestApi;
let admin: TestUser;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
beforeEach(() => {
  api.clock.now = null;
});
afterAll(() => api.close());

const NEW_PASSWORD = 'staple and a new tram';
const login = (username: string, password: string) =>
  api.call('POST', '/api/v1/auth/login', { body: { username, password } });
const change = (user: { as: Record<string, string> }, body: unknown) =>
  api.call('POST', '/api/v1/auth/password', { as: user.as, body });
const me = (as: Record<string, string>) => api.call('GET', '/api/v1/auth/me', { as });
const asOf = (reply: Awaited<ReturnType<typeof login>>) => ({
  cookie: (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
  'x-csrf-token': reply.read(Me).csrfToken ?? '',
});
const entries = async (operation: string) =>
  api.services.db
    .selectFrom('audit_log')
    .selectAll()
    .where('operation', '=', operation)
    .orderBy('seq', 'desc')
    .execute();

describe('changing one’s own password', () => {
  test('ends the other sessions and goes on in this one under a new token', async () => {
    const user = await api.signIn('operator');
    const other = asOf(await login(user.username, TEST_PASSWORD));
    const body = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD };
    const reply = await change(user, body);
    expect(reply.status).toBe(200);
    expect((await me(other)).status).toBe(401);
    expect((await me(user.as)).status).toBe(401);
    const renewed = asOf(reply);
    expect((await me(renewed)).read(Me)).toMatchObject({ name: user.username, role: 'operator' });
    expect((await api.call('POST', '/api/v1/auth/logout', { as: renewed })).status).toBe(204);
    expect((await login(user.username, TEST_PASSWORD)).status).toBe(401);
    expect((await login(user.username, NEW_PASSWORD)).status).toBe(200);
    const [entry] = await entries('user.password_change');
    expect(entry).toMatchObject({ actor_id: user.id, detail: { sessionsEnded: 1 } });
    expect(JSON.stringify(entry)).not.toMatch(/staple|battery|argon2/);
  });

  test.each([
    ['a wrong current one', 403, 'not the password', NEW_PASSWORD, '/currentPassword'],
    ['a common new one', 422, TEST_PASSWORD, 'Password12345', '/newPassword'],
    ['a short new one', 400, TEST_PASSWORD, 'elevenchars', '/newPassword'],
    ['the same again', 422, TEST_PASSWORD, TEST_PASSWORD, '/newPassword'],
  ])(
    'with %s is refused (%i) and changes nothing',
    async (_name, status, currentPassword, newPassword, at) => {
      const user = await api.signIn('viewer');
      const reply = await change(user, { currentPassword, newPassword });
      expect(reply.status).toBe(status);
      expect(reply.refusal().pointers).toEqual([at]);
      expect((await me(user.as)).status).toBe(200);
      expect((await login(user.username, TEST_PASSWORD)).status).toBe(200);
    },
  );

  test('to the user’s name is refused', async () => {
    const { username } = await api.addUser('viewer', 'grace.hopper.1906');
    const user = { as: asOf(await login(username, TEST_PASSWORD)) };
    const reply = await change(user, { currentPassword: TEST_PASSWORD, newPassword: username });
    expect(reply.refusal()).toMatchObject({ code: 'password_refused' });
  });

  test('a stolen session gets as few guesses at the password as a stranger', async () => {
    const user = await api.signIn('viewer');
    const guess = () => change(user, { currentPassword: 'a guess', newPassword: NEW_PASSWORD });
    const replies = await Promise.all(Array.from({ length: 20 }, guess));
    expect(replies.filter(({ status }) => status === 403)).toHaveLength(8);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(12);
    const rows = (await entries('user.password_refuse')).filter((row) => row.actor_id === user.id);
    expect(rows).toHaveLength(8);
    expect(JSON.stringify(rows)).not.toContain('a guess');
    // Its owner signs in elsewhere as ever.
    expect((await login(user.username, TEST_PASSWORD)).status).toBe(200);
  });

  test('two at once: one wins', async () => {
    const { username } = await api.addUser('viewer');
    const browsers = [
      asOf(await login(username, TEST_PASSWORD)),
      asOf(await login(username, TEST_PASSWORD)),
    ];
    const replies = await Promise.all(
      browsers.map((as, i) =>
        change(
          { as },
          { currentPassword: TEST_PASSWORD, newPassword: `${NEW_PASSWORD} ${String(i)}` },
        ),
      ),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('is nothing that a service can do', async () => {
    const service = await api.addService(['costs:read']);
    const body = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD };
    expect((await change(service, body)).refusal()).toMatchObject({ status: 403 });
  });
});

describe('a one-time password', () => {
  const create = async (username: string) =>
    (
      await api.call('POST', '/api/v1/users', {
        as: admin.as,
        body: { username, role: 'operator' },
      })
    ).read(UserCreated);

  test('is made for somebody new where none is given, and opens nothing but its change', async () => {
    const made = await create('newcomer');
    const signedIn = await login('newcomer', made.oneTimePassword ?? '');
    expect(signedIn.read(Me).mustChangePassword).toBe(true);
    const as = asOf(signedIn);
    const closed = ROUTES.filter(
      (route) => route.access !== 'public' && route.isOpenBeforePasswordChange !== true,
    );
    expect(closed.length).toBeGreaterThan(40);
    for (const { method, path } of closed) {
      const reply = await api.call(method.toUpperCase(), path.replace('{id}', made.id), { as });
      expect(reply.status, `${method} ${path}`).toBe(403);
      expect(reply.refusal().code).toMatch(/^(password_change_required|forbidden)$/);
    }
    const reply = await change(
      { as },
      { currentPassword: made.oneTimePassword, newPassword: NEW_PASSWORD },
    );
    expect(reply.read(Me).mustChangePassword).toBe(false);
    const open = await api.call('GET', '/api/v1/anomalies', { as: asOf(reply) });
    expect(open.status).toBe(200);
    expect((await login('newcomer', made.oneTimePassword ?? '')).status).toBe(401);
  });

  test('lets in for three days', async () => {
    const { oneTimePassword = '', oneTimeUntil } = await create('latecomer');
    expect(Date.parse(oneTimeUntil ?? '') - Date.now()).toBeGreaterThan(71.9 * 3_600_000);
    api.clock.now = new Date(Date.now() + 72 * 3_600_000 + 60_000);
    expect((await login('latecomer', oneTimePassword)).refusal()).toMatchObject({ status: 401 });
  });

  test('is what an admin’s reset gives; the sessions end, and the row says nothing of it', async () => {
    const user = await api.signIn('viewer');
    const path = `/api/v1/users/${user.id}/password`;
    const reply = await api.call('POST', path, { as: admin.as });
    const { oneTimePassword } = reply.read(OneTimePassword);
    expect((await me(user.as)).status).toBe(401);
    expect((await login(user.username, TEST_PASSWORD)).status).toBe(401);
    expect((await login(user.username, oneTimePassword)).read(Me).mustChangePassword).toBe(true);
    const [entry] = await entries('user.password_reset');
    expect(entry).toMatchObject({ actor_id: admin.id, subject: `user:${user.id}` });
    expect(JSON.stringify(entry)).not.toContain(oneTimePassword);
    expect(api.logLines.join('')).not.toContain(oneTimePassword);
  });

  test('is also what an admin sets for somebody', async () => {
    const { id, username } = await api.addUser('viewer');
    const body = { password: NEW_PASSWORD };
    const reply = await api.call('PATCH', `/api/v1/users/${id}`, { as: admin.as, body });
    expect(reply.read(User).oneTimeUntil).not.toBeNull();
    expect((await login(username, NEW_PASSWORD)).read(Me).mustChangePassword).toBe(true);
  });
});
