import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Connected } from '../../db/connect.ts';
import { isPassword } from '../../db/passwords/password.ts';
import { findUserByName } from '../../db/queries/identity/findUserByName.ts';
import { runCli } from '../../tests/cli/runCli.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/servers/createTestDatabase.ts';

let database: TestDatabase;
let connected: Connected;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'user-test' });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});

const user = (...args: string[]) => runCli(['user', ...args], { DATABASE_URL: database.url });
const entries = (operation: string) =>
  connected.db
    .selectFrom('audit_log')
    .select(['actor_name', 'detail'])
    .where('operation', '=', operation)
    .orderBy('seq', 'desc')
    .execute();

describe('user add', () => {
  test('prints a password that works, once', async () => {
    const { exitCode, stdout, stderr } = await user('add', 'ada', '--role', 'approver');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [name, password] = stdout.trim().split(' ');
    expect(name).toBe('ada');
    const stored = await findUserByName(connected.db, 'ada');
    expect(stored?.role).toBe('approver');
    expect(await isPassword(password ?? '', stored?.password_hash)).toBe(true);
    expect(await entries('user.create')).toEqual([
      { actor_name: 'costguard user', detail: { username: 'ada', role: 'approver' } },
    ]);
  });

  test('makes a viewer unless told', async () => {
    await user('add', 'grace');
    expect((await findUserByName(connected.db, 'grace'))?.role).toBe('viewer');
  });

  test.each([
    ['a name that is taken', 'ada', 'Choose another name'],
    ['a name that is none', 'Ada Lovelace', 'The user name must be'],
  ])('with %s exits 1', async (_name, username, message) => {
    const { exitCode, stdout, stderr } = await user('add', username);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});

test('user list prints name, role and state, by name', async () => {
  expect((await user('list')).stdout).toBe('ada\tapprover\tenabled\ngrace\tviewer\tenabled\n');
});

describe('user password', () => {
  test('gives a new one and ends the sessions', async () => {
    const before = await findUserByName(connected.db, 'ada');
    await connected.db
      .insertInto('sessions')
      .values({
        id: before!.id,
        token_hash: 'x',
        csrf_token: 'x',
        user_id: before!.id,
        expires_at: new Date(Date.now() + 60_000),
      })
      .execute();
    const { exitCode, stdout } = await user('password', 'ada');
    expect(exitCode).toBe(0);
    const after = await findUserByName(connected.db, 'ada');
    expect(after?.password_hash).not.toBe(before?.password_hash);
    expect(after?.role).toBe('approver');
    expect(await isPassword(stdout.trim().split(' ')[1] ?? '', after?.password_hash)).toBe(true);
    expect(await connected.db.selectFrom('sessions').selectAll().execute()).toEqual([]);
    expect(await entries('user.change')).toHaveLength(1);
  });

  test('works where nobody is an admin: it takes none away', async () => {
    const admins = await connected.db
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'admin')
      .execute();
    expect(admins).toEqual([]);
    expect((await user('password', 'grace')).exitCode).toBe(0);
  });

  test('of nobody exits 1', async () => {
    const { exitCode, stderr } = await user('password', 'nobody');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('costguard user list');
  });
});
