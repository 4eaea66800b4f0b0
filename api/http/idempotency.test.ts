import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Anomaly, AnomalyPage } from '../../core/contracts/anomaly.ts';
import { ConnectionPage } from '../../core/contracts/connection.ts';
import { ServiceAccountCreated } from '../../core/contracts/identity.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { addConnection, anomalyReport } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;
let connectionId: string;
let count = 0;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
  connectionId = await addConnection(api.services.db);
});
afterAll(() => api.close());

const newName = () => `idempotent ${++count}`;
const create = (key: string, body: unknown, as = admin.as) =>
  api.call('POST', '/api/v1/connections', { as, body, headers: { 'idempotency-key': key } });
const connection = (name: string) => ({ provider: 'aws', name });

test('the same key with the same request answers what was answered, and writes once', async () => {
  const body = connection(newName());
  const first = await create('once', body);
  const second = await create('once', body);
  expect(first.status).toBe(201);
  expect(second.status).toBe(201);
  expect(second.body).toEqual(first.body);
  const entries = await api.services.db
    .selectFrom('audit_log')
    .select('seq')
    .where('operation', '=', 'connection.create')
    .execute();
  expect(entries).toHaveLength(1);
});

test('the order of the fields of a body does not count', async () => {
  const name = newName();
  const first = await create('order', { name, provider: 'aws' });
  expect((await create('order', { provider: 'aws', name })).body).toEqual(first.body);
});

test('the same key with another body is refused with 422', async () => {
  await create('other-body', connection(newName()));
  const reply = await create('other-body', connection(newName()));
  expect(reply.refusal()).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
});

test('the same key at another address is refused with 422', async () => {
  await create('other-address', connection(newName()));
  const reply = await api.call('POST', '/api/v1/anomalies', {
    as: admin.as,
    body: anomalyReport(connectionId),
    headers: { 'idempotency-key': 'other-address' },
  });
  expect(reply.refusal()).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
});

test('two callers may choose the same key', async () => {
  const other = await api.signIn('admin');
  expect((await create('shared', connection(newName()))).status).toBe(201);
  expect((await create('shared', connection(newName()), other.as)).status).toBe(201);
});

test('of many at once with one key one writes; the others get its answer or are asked to wait', async () => {
  const body = connection(newName());
  const replies = await Promise.all(Array.from({ length: 8 }, () => create('at-once', body)));
  const done = replies.filter((reply) => reply.status === 201);
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map((reply) => reply.text)).size).toBe(1);
  for (const reply of replies.filter((r) => r.status !== 201)) {
    expect(reply.refusal()).toMatchObject({ status: 409, code: 'idempotency_key_in_use' });
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const page = (await api.call('GET', '/api/v1/connections?limit=200', { as: admin.as })).read(
    ConnectionPage,
  );
  expect(page.items.filter((item) => item.name === body.name)).toHaveLength(1);
});

test('a refused request frees its key for the corrected one', async () => {
  const name = newName();
  await create('unused', connection(name));
  expect((await create('corrected', connection(name))).status).toBe(409);
  expect((await create('corrected', connection(newName()))).status).toBe(201);
});

test('a request that was not valid does not take its key', async () => {
  expect((await create('invalid', { provider: 'aws' })).status).toBe(400);
  expect((await create('invalid', connection(newName()))).status).toBe(201);
});

test('the key of a write that never ended is free after two minutes', async () => {
  const body = connection(newName());
  const put = (minutes: number) =>
    api.services.db
      .updateTable('idempotency_keys')
      .set({ reply_status: null, reply_body: null, created_at: minutesAgo(minutes) })
      .where('key', '=', 'crashed')
      .execute();
  await create('crashed', connection(newName()));
  await put(1);
  expect((await create('crashed', body)).status).toBe(422);
  await put(3);
  expect((await create('crashed', body)).status).toBe(201);
});

test('a key is forgotten after a day', async () => {
  await create('yesterday', connection(newName()));
  await api.services.db
    .updateTable('idempotency_keys')
    .set({ created_at: minutesAgo(24 * 60 + 1) })
    .where('key', '=', 'yesterday')
    .execute();
  expect((await create('yesterday', connection(newName()))).status).toBe(201);
});

test.each(['', ' ', 'a b', 'x'.repeat(201), 'a/b', 'é'])(
  'a key of %j is refused by name',
  async (key) => {
    const reply = await create(key, connection(newName()));
    expect(reply.refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers: ['Idempotency-Key'],
    });
  },
);

test('a report sent again with its key is one finding', async () => {
  const send = () =>
    api.call('POST', '/api/v1/anomalies', {
      as: admin.as,
      body: anomalyReport(connectionId, { startedOn: '2026-11-01' }),
      headers: { 'idempotency-key': 'report' },
    });
  const [first, second] = [await send(), await send()];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.read(Anomaly).id).toBe(first.read(Anomaly).id);
  const page = (await api.call('GET', '/api/v1/anomalies', { as: admin.as })).read(AnomalyPage);
  expect(page.items.filter((item) => item.startedOn === '2026-11-01')).toHaveLength(1);
});

describe('secrets', () => {
  const stored = async (): Promise<string> => {
    const rows = await api.services.db.selectFrom('idempotency_keys').selectAll().execute();
    return JSON.stringify(rows);
  };

  test('a client secret is shown again to the same request, and not readable in the database', async () => {
    const send = () =>
      api.call('POST', '/api/v1/service-accounts', {
        as: admin.as,
        body: { name: 'secretive', scopes: ['costs:read'] },
        headers: { 'idempotency-key': 'secret' },
      });
    const { clientSecret } = (await send()).read(ServiceAccountCreated);
    expect((await send()).read(ServiceAccountCreated).clientSecret).toBe(clientSecret);
    expect(await stored()).not.toContain(clientSecret);
  });

  test('nothing stored lets a password be guessed quickly', async () => {
    const send = () =>
      api.call('POST', '/api/v1/users', {
        as: admin.as,
        body: { username: 'grace', password: 'guess me quickly', role: 'viewer' },
        headers: { 'idempotency-key': 'password' },
      });
    await send();
    const before = await stored();
    await api.services.db.deleteFrom('idempotency_keys').where('key', '=', 'password').execute();
    await api.services.db.deleteFrom('users').where('username', '=', 'grace').execute();
    await send();
    const hashes = (text: string) =>
      (JSON.parse(text) as { key: string; request_hash: string }[]).find(
        (row) => row.key === 'password',
      )?.request_hash;
    expect(hashes(before)).toBeDefined();
    expect(hashes(await stored())).not.toBe(hashes(before));
  });
});

function minutesAgo(minutes: number): Date {
  return new Date(Date.now() - minutes * 60_000);
}
