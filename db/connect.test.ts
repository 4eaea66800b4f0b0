import { sql } from 'kysely';
import { beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../tests/api/startTcpProxy.ts';
import { createTestDatabase, type TestDatabase } from '../tests/servers/createTestDatabase.ts';
import { connect, type Connected } from './connect.ts';
import { isDatabaseAway } from './isDatabaseAway.ts';

let database: TestDatabase;
let wire: TcpProxy;
let connected: Connected;

beforeAll(async () => {
  database = await createTestDatabase();
  return () => database.drop();
});
beforeEach(async () => {
  wire = await startTcpProxy(database.url);
  connected = connect(wire.url, { applicationName: 'connect-test', statementTimeoutMs: 2_000 });
});
afterEach(async () => {
  await connected.close();
  await wire.close();
});

const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const isAlive = async (pid: number): Promise<boolean> => {
  const { rows } = await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(
    connected.db,
  );
  return rows.length > 0;
};

test('dates stay text, so that no time zone moves them', async () => {
  const { rows } = await sql`select '2026-11-20'::date as day`.execute(connected.db);
  expect(rows).toEqual([{ day: '2026-11-20' }]);
});

test('numbers of any length stay text', async () => {
  const { rows } = await sql`select 0.1::numeric as a, 9007199254740993::bigint as b`.execute(
    connected.db,
  );
  expect(rows).toEqual([{ a: '0.1', b: '9007199254740993' }]);
});

test('every session is in UTC', async () => {
  const { rows } = await sql`show timezone`.execute(connected.db);
  expect(rows).toEqual([{ TimeZone: 'UTC' }]);
});

test('a statement that takes too long is ended', async () => {
  const error = await caught(sql`select pg_sleep(10)`.execute(connected.db));
  expect(error).toMatchObject({ code: '57014' });
});

describe('a connection that is cut', () => {
  // Without a listener for it, the error of a client in use ends the whole process.
  test('between two statements of a transaction fails the transaction only', async () => {
    const error = await caught(
      connected.db.transaction().execute(async (tx) => {
        await sql`select 1`.execute(tx);
        wire.cut();
        await new Promise((resolve) => setImmediate(resolve));
        await sql`select 1`.execute(tx);
      }),
    );
    expect(isDatabaseAway(error)).toBe(true);
    await sql`select 1`.execute(connected.db);
  });

  test('by the server between two statements of a transaction fails the transaction only', async () => {
    const error = await caught(
      connected.db.transaction().execute(async (tx) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
        await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(connected.db);
        await expect.poll(() => isAlive(rows[0]!.pid), { timeout: 10_000 }).toBe(false);
        await sql`select 1`.execute(tx);
      }),
    );
    expect(isDatabaseAway(error)).toBe(true);
    await sql`select 1`.execute(connected.db);
  });

  test('during a statement is told from a mistake in it', async () => {
    expect(isDatabaseAway(await caught(sql`select 1/0`.execute(connected.db)))).toBe(false);
    const running = caught(sql`select pg_sleep(1)`.execute(connected.db));
    // A second connection is made only because the first one is in use.
    await sql`select 1`.execute(connected.db);
    wire.cut();
    expect(isDatabaseAway(await running)).toBe(true);
  });

  test('while idle is replaced by the next statement', async () => {
    await sql`select 1`.execute(connected.db);
    wire.cut();
    await expect.poll(() => connected.pool.totalCount, { timeout: 10_000 }).toBe(0);
    await sql`select 1`.execute(connected.db);
  });

  test('for good is a database that is away', async () => {
    wire.setOpen(false);
    wire.cut();
    expect(isDatabaseAway(await caught(sql`select 1`.execute(connected.db)))).toBe(true);
  });
});

test('a port where nobody listens is a database that is away', async () => {
  const nowhere = connect('postgres://localhost:1/x', { applicationName: 'connect-test' });
  expect(isDatabaseAway(await caught(sql`select 1`.execute(nowhere.db)))).toBe(true);
  await nowhere.close();
});

test.each([
  [new Error('Connection terminated unexpectedly')],
  [new Error('timeout exceeded when trying to connect')],
  [Object.assign(new Error('x'), { code: '57P01' })],
  [Object.assign(new Error('x'), { code: '53300' })],
  [Object.assign(new Error('x'), { code: 'EAI_AGAIN' })],
])('%s is a database that is away', (error) => expect(isDatabaseAway(error)).toBe(true));

test.each([
  [new Error('boom')],
  [Object.assign(new Error('x'), { code: '23505' })],
  [Object.assign(new Error('x'), { code: 'ENOENT' })],
  ['57P01'],
  [undefined],
])('%s is not', (error) => expect(isDatabaseAway(error)).toBe(false));
