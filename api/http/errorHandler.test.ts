import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TestReply } from '../../tests/api/callApi.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
afterAll(() => api.close());

const listConnections = () => api.call('GET', '/api/v1/connections', { as: admin.as });
const unavailable = { status: 503, code: 'database_unavailable' };

const isBack = () =>
  expect.poll(async () => (await listConnections()).status, { timeout: 10_000 }).toBe(200);

/** Sends a request, and cuts it off while it waits inside Postgres for a lock; returns its reply. */
async function cutOff(
  start: () => Promise<TestReply>,
  cut: (locker: pg.Client, pid: number) => unknown,
): Promise<TestReply> {
  const locker = new pg.Client({ connectionString: api.databaseUrl });
  await locker.connect();
  try {
    await locker.query('begin');
    await locker.query('lock table connections in access exclusive mode');
    const reply = start();
    const waiting = async () => {
      const { rows } = await locker.query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'test-api' and wait_event_type = 'Lock'
           and datname = current_database()`,
      );
      return rows[0]?.pid ?? 0;
    };
    await expect.poll(waiting, { timeout: 10_000 }).toBeGreaterThan(0);
    await cut(locker, await waiting());
    return await reply;
  } finally {
    await locker.end();
  }
}

describe('Postgres cut while a request runs', () => {
  // The pool may still hand out a connection whose end it has not heard of yet.
  beforeEach(isBack);

  test('by its operator is a 503 that says when to come back', async () => {
    const reply = await cutOff(listConnections, (locker, pid) =>
      locker.query('select pg_terminate_backend($1)', [pid]),
    );
    expect(reply.refusal()).toMatchObject(unavailable);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    await isBack();
  });

  test('by the network is a 503', async () => {
    const reply = await cutOff(listConnections, () => api.wire.cut());
    expect(reply.refusal()).toMatchObject(unavailable);
    await isBack();
  });

  test('in a transaction is a 503, and nothing of it is stored', async () => {
    const create = () =>
      api.call('POST', '/api/v1/connections', {
        as: admin.as,
        body: { provider: 'aws', name: 'cut in two' },
        headers: { 'idempotency-key': 'cut' },
      });
    const reply = await cutOff(create, () => api.wire.cut());
    expect(reply.refusal()).toMatchObject(unavailable);
    await isBack();
    const { text } = await listConnections();
    expect(text).not.toContain('cut in two');
  });
});

test('while Postgres is away requests get 503, and 200 again once it is back', async () => {
  api.wire.setOpen(false);
  api.wire.cut();
  expect((await listConnections()).refusal()).toMatchObject(unavailable);
  expect((await api.call('GET', '/healthz')).status).toBe(200);
  const token = await api.call('POST', '/oauth/token', {
    body: { grant_type: 'client_credentials', client_id: 'a', client_secret: 'b' },
  });
  expect(token.status).toBe(503);
  expect(token.body).toMatchObject({ error: 'server_error' });
  api.wire.setOpen(true);
  await isBack();
});

test('a mistake of ours is a 500 that tells nothing but where to look', async () => {
  await api.services.db.schema.alterTable('connections').renameTo('connections_away').execute();
  const reply = await listConnections();
  await api.services.db.schema.alterTable('connections_away').renameTo('connections').execute();
  expect(reply.refusal()).toMatchObject({ status: 500, code: 'unexpected' });
  expect(reply.text).not.toMatch(/select|relation|connections|node_modules|\.ts|\n/i);
  const { requestId } = reply.problem();
  const logged = api.logLines.filter((line) => line.includes(requestId));
  expect(logged.join('\n')).toContain('relation \\"connections\\" does not exist');
});

test.each([
  ['{"a":', 'application/json', 400, 'invalid_request'],
  ['null', 'application/json', 400, 'invalid_request'],
  ['"text"', 'application/json', 400, 'invalid_request'],
  ['{}', 'application/json; charset=latin1', 415, 'unsupported_media_type'],
  ['{}', 'text/plain', 415, 'unsupported_media_type'],
  ['{}', 'multipart/form-data', 415, 'unsupported_media_type'],
  ['a=1', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
])('a body of %s as %s is %d', async (rawBody, contentType, status, code) => {
  const reply = await api.call('POST', '/api/v1/connections', {
    as: admin.as,
    rawBody,
    headers: { 'content-type': contentType },
  });
  expect(reply.refusal()).toMatchObject({ status, code });
});

test('a body in an encoding that is not known is 415', async () => {
  const reply = await api.call('POST', '/api/v1/connections', {
    as: admin.as,
    rawBody: '{}',
    headers: { 'content-encoding': 'rot13' },
  });
  expect(reply.refusal()).toMatchObject({ status: 415, code: 'unsupported_media_type' });
});
