import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Me, UserPage } from '../../core/contracts/identity.ts';
import { TEST_PASSWORD, type TestUser } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(() => {
  api.clock.now = null;
});
afterAll(() => api.close());

const login = (username: string, password = TEST_PASSWORD, address?: string) =>
  api.call('POST', '/api/v1/auth/login', {
    body: { username, password },
    // The test connects from loopback, which may say for whom it asks.
    ...(address === undefined ? {} : { headers: { 'x-forwarded-for': address } }),
  });
const me = (as: Record<string, string>) => api.call('GET', '/api/v1/auth/me', { as });

describe('signing in', () => {
  test('says who one is, what one may do, and the CSRF token', async () => {
    const user = await api.addUser('operator', 'ada');
    const reply = await login('ada');
    expect(reply.status).toBe(200);
    expect(reply.read(Me)).toMatchObject({
      kind: 'user',
      id: user.id,
      name: 'ada',
      role: 'operator',
    });
    expect(reply.read(Me).scopes).toContain('actions:propose');
    expect(reply.read(Me).csrfToken).toMatch(/^[\w-]{43}$/);
    expect(reply.text).not.toContain('argon2');
  });

  test('sets a cookie that scripts cannot read and other sites do not send', async () => {
    await api.addUser('viewer', 'cookie-reader');
    const cookie = (await login('cookie-reader')).headers.get('set-cookie');
    expect(cookie).toMatch(/^costguard_session=[\w-]{43}; /);
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).toMatch(/Path=\//);
    expect(cookie).toMatch(/Max-Age=43200/);
    expect(cookie).not.toMatch(/Domain|Secure/i);
  });

  test('over https sets a cookie bound to this host', async () => {
    const secure = await startTestApi({ env: { PUBLIC_UI_URL: 'https://costguard.example' } });
    await secure.addUser('viewer', 'ada');
    const reply = await secure.call('POST', '/api/v1/auth/login', {
      body: { username: 'ada', password: TEST_PASSWORD },
    });
    expect(reply.headers.get('set-cookie')).toMatch(/^__Host-costguard_session=.*; Secure/i);
    const cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect((await secure.call('GET', '/api/v1/auth/me', { as: { cookie } })).status).toBe(200);
    await secure.close();
  });

  test('works whatever the case of the name', async () => {
    await api.addUser('viewer', 'grace');
    expect((await login('GRACE')).status).toBe(200);
  });

  test('makes another session each time; only its hash is stored', async () => {
    await api.addUser('viewer', 'twice');
    const cookies = [await login('twice'), await login('twice')].map(
      (reply) => (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
    );
    expect(cookies[0]).not.toBe(cookies[1]);
    const rows = await api.services.db.selectFrom('sessions').selectAll().execute();
    for (const cookie of cookies) expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1]);
  });

  test('the session ends after twelve hours, however busy it was', async () => {
    const user = await api.signIn('viewer');
    for (let hours = 0; hours < 12; hours += 1) {
      api.clock.now = new Date(Date.now() + hours * 3_600_000);
      expect((await me(user.as)).status).toBe(200);
    }
    api.clock.now = new Date(Date.now() + 12 * 3_600_000 + 1_000);
    expect((await me(user.as)).status).toBe(401);
  });

  test('the session ends after two hours in which nothing was asked', async () => {
    const user = await api.signIn('viewer');
    api.clock.now = new Date(Date.now() + 119 * 60_000);
    expect((await me(user.as)).status).toBe(200);
    api.clock.now = new Date(Date.now() + (119 + 121) * 60_000);
    expect((await me(user.as)).status).toBe(401);
  });

  test('both limits are the operator’s', async () => {
    const own = await startTestApi({ env: { SESSION_HOURS: '1', SESSION_IDLE_MINUTES: '10' } });
    const user = await own.signIn('viewer');
    own.clock.now = new Date(Date.now() + 11 * 60_000);
    expect((await own.call('GET', '/api/v1/auth/me', { as: user.as })).status).toBe(401);
    const reply = await own.call('POST', '/api/v1/auth/login', {
      body: { username: user.username, password: TEST_PASSWORD },
    });
    expect(reply.headers.get('set-cookie')).toContain('Max-Age=3600');
    await own.close();
  });

  test('ends the session that the browser brought along: none goes on under a token known before', async () => {
    const user = await api.signIn('viewer');
    const again = await api.call('POST', '/api/v1/auth/login', {
      as: { cookie: user.cookie },
      body: { username: user.username, password: TEST_PASSWORD },
    });
    expect(again.status).toBe(200);
    expect((await me(user.as)).status).toBe(401);
  });

  test('makes a hash from before today’s settings anew', async () => {
    const { id } = await api.addUser('viewer', 'old-hash');
    const weak = await hash(TEST_PASSWORD, {
      memoryCost: 4_096,
      timeCost: 1,
      parallelism: 1,
    });
    const stored = () =>
      api.services.db
        .selectFrom('users')
        .select('password_hash')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
    const { db } = api.services;
    await db.updateTable('users').set({ password_hash: weak }).where('id', '=', id).execute();
    await login('old-hash', 'wrong password');
    expect((await stored()).password_hash).toBe(weak);
    expect((await login('old-hash')).status).toBe(200);
    const { password_hash: renewed } = await stored();
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await login('old-hash')).status).toBe(200);
    expect((await stored()).password_hash).toBe(renewed);
  });
});

describe('a sign-in that fails', () => {
  test('answers a wrong password, an unknown name and a disabled account alike', async () => {
    await api.addUser('viewer', 'known');
    const { id } = await api.addUser('viewer', 'disabled');
    await api.services.db
      .updateTable('users')
      .set({ enabled: false })
      .where('id', '=', id)
      .execute();
    const replies = [
      await login('known', 'wrong password'),
      await login('unknown'),
      await login('disabled'),
    ];
    for (const reply of replies) {
      expect({ ...reply.problem(), requestId: '' }).toEqual({
        ...replies[0]!.problem(),
        requestId: '',
      });
      expect(reply.refusal()).toMatchObject({ status: 401, code: 'sign_in_failed' });
      expect(reply.headers.get('set-cookie')).toBeNull();
    }
  });

  test('takes about as long for a name that does not exist', async () => {
    await api.addUser('viewer', 'timed');
    const time = async (name: string) => {
      const times: number[] = [];
      for (let i = 0; i < 5; i += 1) {
        const start = performance.now();
        await login(name, 'wrong password', `198.51.100.${String(i)}`);
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[2]!;
    };
    const [known, unknown] = [await time('timed'), await time('nobody-timed')];
    // Without hashing the answer takes a tenth of the time.
    expect(unknown).toBeGreaterThan(known / 4);
  });

  test('is written to the audit log, without the password', async () => {
    await api.addUser('viewer', 'audited');
    await login('audited', 'planted-password');
    const entries = await api.services.db
      .selectFrom('audit_log')
      .selectAll()
      .where('actor_name', '=', 'audited')
      .execute();
    expect(entries.map((entry) => entry.operation)).toEqual(['session.refuse']);
    expect(entries[0]?.detail).toEqual({ reason: 'wrong password', address: '127.0.0.1' });
    expect(JSON.stringify(entries)).not.toContain('planted-password');
  });

  test('leaves no trace of a password that was typed in the place of the name', async () => {
    await login('Planted-Password-As-Name');
    for (const table of ['audit_log', 'rate_limits'] as const) {
      const rows = await api.services.db.selectFrom(table).selectAll().execute();
      expect(JSON.stringify(rows)).not.toMatch(/planted-password-as-name/i);
    }
    expect(api.logLines.join('')).not.toMatch(/planted-password-as-name/i);
  });
});

describe('a write of a browser session', () => {
  let user: TestUser;
  const write = (headers: Record<string, string>) =>
    api.call('POST', '/api/v1/auth/logout', { as: { cookie: user.cookie }, headers });
  beforeEach(async () => {
    user = await api.signIn('viewer');
  });

  test.each([
    ['without a CSRF token', {}],
    ['with another token', { 'x-csrf-token': 'x'.repeat(43) }],
    ['with an empty token', { 'x-csrf-token': '' }],
  ])('%s is refused', async (_name, headers) => {
    expect((await write(headers)).refusal()).toMatchObject({ status: 403, code: 'csrf_failed' });
    expect((await me(user.as)).status).toBe(200);
  });

  test('with the token of another session is refused', async () => {
    const other = await api.signIn('viewer');
    const reply = await write({ 'x-csrf-token': other.csrfToken });
    expect(reply.refusal()).toMatchObject({ status: 403, code: 'csrf_failed' });
  });

  test.each([
    'https://evil.example',
    'null',
    'http://localhost:9999',
    'http://localhost.evil.example:8501',
    'file://',
  ])('from the origin %s is refused, token or not', async (origin) => {
    const reply = await write({ 'x-csrf-token': user.csrfToken, origin });
    expect(reply.refusal()).toMatchObject({ status: 403, code: 'csrf_failed' });
  });

  test.each(['http://localhost:8501', 'http://localhost:8000'])(
    'from our own origin %s is let through',
    async (origin) => {
      expect((await write({ 'x-csrf-token': user.csrfToken, origin })).status).toBe(204);
    },
  );

  test('from the host that the browser asked for is let through', async () => {
    const origin = api.url;
    expect((await write({ 'x-csrf-token': user.csrfToken, origin })).status).toBe(204);
  });

  test('needs no token to read', async () => {
    expect((await me({ cookie: user.cookie, origin: 'https://evil.example' })).status).toBe(200);
  });
});

describe('signing out', () => {
  test('ends this session, clears its cookie, and leaves others alone', async () => {
    await api.addUser('viewer', 'two-browsers');
    const sessions = await Promise.all(
      [1, 2].map(async () => {
        const reply = await login('two-browsers');
        const cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
        return { cookie, 'x-csrf-token': reply.read(Me).csrfToken ?? '' };
      }),
    );
    const reply = await api.call('POST', '/api/v1/auth/logout', { as: sessions[0]! });
    expect(reply.status).toBe(204);
    expect(reply.headers.get('set-cookie')).toMatch(/^costguard_session=; Max-Age=0/);
    expect((await me(sessions[0]!)).status).toBe(401);
    expect((await me(sessions[1]!)).status).toBe(200);
  });

  test('with an access token changes nothing: it just runs out', async () => {
    const service = await api.addService(['costs:read']);
    expect((await api.call('POST', '/api/v1/auth/logout', { as: service.as })).status).toBe(204);
    expect((await me(service.as)).status).toBe(200);
  });
});

describe('a change to a person ends their sessions', () => {
  test.each([
    ['role', { role: 'operator' }],
    ['password', { password: 'another password' }],
    ['lock-out', { enabled: false }],
  ])('%s', async (_name, change) => {
    const admin = await api.signIn('admin');
    const user = await api.signIn('viewer');
    const reply = await api.call('PATCH', `/api/v1/users/${user.id}`, {
      as: admin.as,
      body: change,
    });
    expect(reply.status).toBe(200);
    expect((await me(user.as)).status).toBe(401);
    expect((await me(admin.as)).status).toBe(200);
  });

  test('a disabled person cannot sign in again, an enabled one can', async () => {
    const admin = await api.signIn('admin');
    const { id, username } = await api.addUser('viewer');
    const set = (enabled: boolean) =>
      api.call('PATCH', `/api/v1/users/${id}`, { as: admin.as, body: { enabled } });
    await set(false);
    expect((await login(username)).status).toBe(401);
    await set(true);
    expect((await login(username)).status).toBe(200);
    const page = (await api.call('GET', '/api/v1/users?limit=200', { as: admin.as })).read(
      UserPage,
    );
    expect(page.items.find((item) => item.id === id)).toMatchObject({ enabled: true });
  });
});
