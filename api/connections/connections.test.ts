import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Connection } from '../../core/contracts/connection.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../tests/api/readAllPages.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let admin: TestUser;
let count = 0;

beforeAll(async () => {
  api = await startTestApi();
  admin = await api.signIn('admin');
});
afterAll(() => api.close());

const newName = () => `account ${String(++count)}`;
const create = (body: unknown) => api.call('POST', '/api/v1/connections', { as: admin.as, body });
const add = async (given: Record<string, unknown> = {}) =>
  (await create({ provider: 'aws', name: newName(), ...given })).read(Connection);
const change = (id: string, body: unknown) =>
  api.call('PATCH', `/api/v1/connections/${id}`, { as: admin.as, body });
const get = (id: string) => api.call('GET', `/api/v1/connections/${id}`, { as: admin.as });

const isAnyoneWaiting = async (): Promise<boolean> => {
  const waiting = await sql`select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(api.services.db);
  return waiting.rows.length > 0;
};

describe('adding a connection', () => {
  test('reads only, every six hours, unless asked otherwise', async () => {
    const reply = await create({ provider: 'gcp', name: ' Data platform ' });
    expect(reply.status).toBe(201);
    const connection = reply.read(Connection);
    expect(connection).toMatchObject({
      provider: 'gcp',
      name: 'Data platform',
      mode: 'read_only',
      enabled: true,
      demo: false,
      pollIntervalMinutes: 360,
      lastPollAt: null,
      lastPollEndedAt: null,
      lastPollRows: null,
      dataUntil: null,
      health: { status: 'unknown', code: null, detail: null },
      usageHealth: null,
      usageLastPollAt: null,
    });
    expect((await get(connection.id)).read(Connection)).toEqual(connection);
  });

  test.each(['aws', 'gcp', 'azure', 'openai', 'anthropic'])('works for %s', async (provider) => {
    expect((await create({ provider, name: newName() })).status).toBe(201);
  });

  test('with a name that is taken is 409', async () => {
    const { name } = await add();
    expect((await create({ provider: 'gcp', name })).refusal()).toEqual({
      status: 409,
      code: 'name_taken',
      pointers: ['/name'],
    });
  });

  test.each([
    [{}, ['/name', '/provider']],
    [{ provider: 'ibm', name: 'a' }, ['/provider']],
    [{ provider: 'aws', name: '   ' }, ['/name']],
    [{ provider: 'aws', name: 'x'.repeat(101) }, ['/name']],
    [{ provider: 'aws', name: 'a\u0000' }, ['/name']],
    [{ provider: 'aws', name: 'a', mode: 'everything' }, ['/mode']],
    [{ provider: 'aws', name: 'a', pollIntervalMinutes: 4 }, ['/pollIntervalMinutes']],
    [{ provider: 'aws', name: 'a', pollIntervalMinutes: 1441 }, ['/pollIntervalMinutes']],
    [{ provider: 'aws', name: 'a', pollIntervalMinutes: 5.5 }, ['/pollIntervalMinutes']],
    [{ provider: 'aws', name: 'a', pollIntervalMinutes: '60' }, ['/pollIntervalMinutes']],
    [{ provider: 'aws', name: 'a', demo: true, secretKey: 'x' }, ['/demo', '/secretKey']],
  ])('with %j is refused by name', async (body, pointers) => {
    expect((await create(body)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });
});

describe('changing a connection', () => {
  test('changes what is named and nothing else', async () => {
    const before = await add();
    const reply = await change(before.id, { mode: 'actions', pollIntervalMinutes: 15 });
    expect(reply.read(Connection)).toEqual({ ...before, mode: 'actions', pollIntervalMinutes: 15 });
    const name = newName();
    expect((await change(before.id, { name, enabled: false })).read(Connection)).toEqual({
      ...before,
      mode: 'actions',
      pollIntervalMinutes: 15,
      name,
      enabled: false,
    });
  });

  test('to nothing new changes nothing', async () => {
    const before = await add();
    expect((await change(before.id, {})).read(Connection)).toEqual(before);
    expect((await change(before.id, { name: before.name })).read(Connection)).toEqual(before);
  });

  const taken = { status: 409, code: 'name_taken', pointers: ['/name'] };

  test('to a name that is taken is 409', async () => {
    const [first, second] = [await add(), await add()];
    expect((await change(second.id, { name: first.name })).refusal()).toEqual(taken);
  });

  test('to a name that another request takes at the same moment is 409', async () => {
    const [first, second] = [await add(), await add()];
    const name = newName();
    let reply: ReturnType<typeof change> | undefined;
    await api.services.db.transaction().execute(async (tx) => {
      await tx.updateTable('connections').set({ name }).where('id', '=', first.id).execute();
      reply = change(second.id, { name });
      await expect.poll(isAnyoneWaiting, { timeout: 10_000 }).toBe(true);
    });
    expect((await reply!).refusal()).toEqual(taken);
  });

  test.each([
    [{ provider: 'gcp' }, ['/provider']],
    [{ demo: true }, ['/demo']],
    [{ enabled: 1, mode: '' }, ['/enabled', '/mode']],
  ])('with %j is refused by name', async (body, pointers) => {
    const { id } = await add();
    expect((await change(id, body)).refusal()).toMatchObject({ status: 400, pointers });
  });

  test('that does not exist is 404', async () => {
    expect((await change(randomUUID(), {})).refusal()).toMatchObject({
      status: 404,
      code: 'connection_not_found',
    });
  });
});

test('each write leaves exactly one audit entry with what was and what is', async () => {
  const { id, name } = await add({ pollIntervalMinutes: 60 });
  await change(id, { mode: 'actions' });
  const entries = await api.services.db
    .selectFrom('audit_log')
    .select(['operation', 'detail', 'actor_name'])
    .where('subject', '=', `connection:${id}`)
    .orderBy('seq')
    .execute();
  const judged = { sensitivity: 1, minDailyImpact: '2.5', minTotalImpact: '10', ownerTag: 'owner' };
  const settings = { name, enabled: true, pollIntervalMinutes: 60, ...judged };
  expect(entries).toEqual([
    {
      operation: 'connection.create',
      actor_name: admin.username,
      detail: {
        after: { provider: 'aws', name, mode: 'read_only', pollIntervalMinutes: 60, ...judged },
      },
    },
    {
      operation: 'connection.change',
      actor_name: admin.username,
      detail: {
        before: { ...settings, mode: 'read_only' },
        after: { ...settings, mode: 'actions' },
      },
    },
  ]);
});

describe('the list', () => {
  const path = '/api/v1/connections';

  test('is by name, and its pages put together are all of it', async () => {
    for (const name of ['Ähre', 'zebra', 'Zebra', 'ähre', 'a%b', 'a"b', '東'.repeat(100)])
      await add({ name });
    const whole = await readAllPages(api, admin.as, `${path}?limit=200`);
    expect(whole.length).toBeGreaterThan(7);
    for (const limit of [1, 3])
      expect(await readAllPages(api, admin.as, `${path}?limit=${String(limit)}`)).toEqual(whole);
  });

  test('keeps what was there when others are added between pages', async () => {
    const before = await readAllPages(api, admin.as, `${path}?limit=200`);
    const paged = await readAllPages(api, admin.as, `${path}?limit=2`, () => add());
    expect(paged).toEqual(expect.arrayContaining(before));
    const names = paged.map((item) => item['name']);
    expect(new Set(names).size).toBe(names.length);
  });

  test('keeps only one provider where asked', async () => {
    await add({ provider: 'openai' });
    const found = await readAllPages(api, admin.as, `${path}?provider=openai`);
    expect(new Set(found.map((item) => item['provider']))).toEqual(new Set(['openai']));
  });

  test.each([
    ['provider=ibm', 'provider'],
    ['cursor=x', 'cursor'],
    [
      `cursor=${encodeURIComponent(encodeURIComponent(JSON.stringify(['2026-11-20T07:00:00Z', randomUUID()])))}`,
      'cursor',
    ],
  ])('refuses %s by name', async (query, pointer) => {
    const reply = await api.call('GET', `${path}?${query}`, { as: admin.as });
    expect(reply.refusal()).toEqual({ status: 400, code: 'invalid_request', pointers: [pointer] });
  });
});
