import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { User, UserPage } from '../../core/contracts/identity.ts';
import { TEST_PASSWORD, type TestUser } from '../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../tests/api/readAllPages.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
afterAll(() => api.close());

const create = (body: unknown) => api.call('POST', '/api/v1/users', { as: admin.as, body });
const change = (id: string, body: unknown) =>
  api.call('PATCH', `/api/v1/users/${id}`, { as: admin.as, body });
const list = async (query = '?limit=200') =>
  (await api.call('GET', `/api/v1/users${query}`, { as: admin.as })).read(UserPage);

describe('adding a person', () => {
  test('makes an account that can sign in, and shows no password', async () => {
    const reply = await create({ username: 'ada', password: TEST_PASSWORD, role: 'operator' });
    expect(reply.status).toBe(201);
    expect(reply.read(User)).toMatchObject({ username: 'ada', role: 'operator', enabled: true });
    expect(reply.text).not.toMatch(/argon2|oneTimePassword/);
    expect(reply.text).not.toContain(TEST_PASSWORD);
    const login = await api.call('POST', '/api/v1/auth/login', {
      body: { username: 'ada', password: TEST_PASSWORD },
    });
    expect(login.status).toBe(200);
  });

  test('with a name that is taken is 409', async () => {
    await create({ username: 'taken', password: TEST_PASSWORD, role: 'viewer' });
    const reply = await create({ username: 'taken', password: TEST_PASSWORD, role: 'admin' });
    expect(reply.refusal()).toEqual({ status: 409, code: 'name_taken', pointers: ['/username'] });
  });

  test.each([
    [{ password: TEST_PASSWORD, role: 'viewer' }, ['/username']],
    [{ username: 'Ada L', password: TEST_PASSWORD, role: 'viewer' }, ['/username']],
    [{ username: 'short', password: 'elevenchars', role: 'viewer' }, ['/password']],
    [{ username: 'common', password: 'password1234', role: 'viewer' }, ['/password']],
    [{ username: 'owner', password: TEST_PASSWORD, role: 'owner' }, ['/role']],
    [
      { username: 'x', password: 'x', role: 'x', enabled: true },
      ['/enabled', '/password', '/role', '/username'],
    ],
  ])('%j is refused by name', async (body, pointers) => {
    const refused = (await create(body)).refusal();
    expect(refused.pointers).toEqual(pointers);
    expect([refused.status, refused.code]).toEqual(
      refused.status === 422 ? [422, 'password_refused'] : [400, 'invalid_request'],
    );
  });
});

describe('changing a person', () => {
  test('changes what is named and nothing else', async () => {
    const { id } = await api.addUser('viewer');
    expect((await change(id, { role: 'approver' })).read(User)).toMatchObject({
      role: 'approver',
      enabled: true,
    });
    expect((await change(id, { enabled: false })).read(User)).toMatchObject({
      role: 'approver',
      enabled: false,
    });
  });

  test('a new password replaces the old one', async () => {
    const { id, username } = await api.addUser('viewer');
    await change(id, { password: 'a new password' });
    const login = (password: string) =>
      api.call('POST', '/api/v1/auth/login', { body: { username, password } });
    expect((await login(TEST_PASSWORD)).status).toBe(401);
    expect((await login('a new password')).status).toBe(200);
  });

  test.each([
    [{ username: 'other' }, ['/username']],
    [{ role: 'root' }, ['/role']],
    [{ enabled: 'yes', password: 'short' }, ['/enabled', '/password']],
  ])('%j is refused by name', async (body, pointers) => {
    const { id } = await api.addUser('viewer');
    expect((await change(id, body)).refusal().pointers).toEqual(pointers);
  });

  test('of nobody is 404', async () => {
    expect((await change(randomUUID(), {})).refusal()).toMatchObject({
      status: 404,
      code: 'user_not_found',
    });
  });
});

describe('the last admin', () => {
  // Accounts of its own: the file's admin would be in the way.
  const withAdmins = async (
    count: number,
    use: (own: TestApi, admins: TestUser[]) => Promise<void>,
  ) => {
    const own = await startTestApi();
    const admins: TestUser[] = [];
    for (let i = 0; i < count; i += 1) admins.push(await own.signIn('admin'));
    await use(own, admins).finally(() => own.close());
  };

  test.each([{ role: 'viewer' }, { enabled: false }])('cannot be changed to %j', async (body) => {
    await withAdmins(1, async (own, [only]) => {
      const reply = await own.call('PATCH', `/api/v1/users/${only!.id}`, { as: only!.as, body });
      expect(reply.refusal()).toMatchObject({ status: 403, code: 'forbidden' });
      expect((await own.call('GET', '/api/v1/users', { as: only!.as })).status).toBe(200);
    });
  });

  test('may take a new password', async () => {
    await withAdmins(1, async (own, [only]) => {
      const body = { password: 'a new password' };
      const reply = await own.call('PATCH', `/api/v1/users/${only!.id}`, { as: only!.as, body });
      expect(reply.status).toBe(200);
    });
  });

  test('stays when all admins step down at once', async () => {
    await withAdmins(4, async (own, admins) => {
      const replies = await Promise.all(
        admins.map(({ id, as }) =>
          own.call('PATCH', `/api/v1/users/${id}`, { as, body: { role: 'viewer' } }),
        ),
      );
      const left = await own.services.db
        .selectFrom('users')
        .select('id')
        .where('role', '=', 'admin')
        .execute();
      expect(left).toHaveLength(1);
      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 200, 200, 403]);
    });
  });
});

test('the pages of the list, put together, are the whole list, by name', async () => {
  for (let i = 0; i < 7; i += 1) await api.addUser('viewer');
  const whole = (await list()).items;
  expect(await readAllPages(api, admin.as, '/api/v1/users?limit=3')).toEqual(whole);
  const names = whole.map((user) => user.username);
  expect(names.length).toBeGreaterThan(7);
  expect(new Set(names).size).toBe(names.length);
});

test.each(['x', '%5B%5D', '["a","b"]', encodeURIComponent('["a\\u0000"]')])(
  'the cursor %j, which is not of this list, is refused by name',
  async (cursor) => {
    const reply = await api.call('GET', `/api/v1/users?cursor=${encodeURIComponent(cursor)}`, {
      as: admin.as,
    });
    expect(reply.refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers: ['cursor'],
    });
  },
);

test('each write leaves one audit entry that names who did it, and no password', async () => {
  const entries = async () =>
    api.services.db.selectFrom('audit_log').selectAll().orderBy('seq').execute();
  const before = await entries();
  const { id } = (
    await create({ username: 'audited', password: 'planted password', role: 'viewer' })
  ).read(User);
  await change(id, { role: 'operator', password: 'planted password two' });
  const written = (await entries()).slice(before.length);
  expect(written).toMatchObject([
    { operation: 'user.create', subject: `user:${id}`, actor_id: admin.id, actor_kind: 'user' },
    {
      operation: 'user.change',
      subject: `user:${id}`,
      detail: {
        before: { role: 'viewer', enabled: true },
        after: { role: 'operator', enabled: true },
        passwordChanged: true,
      },
    },
  ]);
  expect(JSON.stringify(written)).not.toMatch(/planted|argon2/);
});
