import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import { NativeConnection, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMaintenanceActivities } from '../../activities/maintenance/createMaintenanceActivities.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { createWorker, installRuntime } from '../../workers/createWorker.ts';
import { reconcileSchedules } from '../../workers/reconcileSchedules.ts';
import type { TestService } from '../api/createTestIdentities.ts';
import { addLlmUse } from '../api/addLlmUse.ts';
import { addConnection } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { platformOf } from '../api/platformOf.ts';
import { historyFromJson, historyToJson } from '../servers/historyJson.ts';
import { testTemporal, type TestTemporal } from '../servers/testTemporal.ts';
import { bundleTestWorkflows, TEST_PAYLOAD_ENV } from '../servers/testPayloads.ts';
import { replayHistory } from '../servers/replayHistory.ts';

let api: TestApi;
let temporal: TestTemporal;
let account: TestService;
const HISTORIES = join(projectRoot, 'tests', 'histories', 'maintenance');
const taskQueue = `maintenance-${randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  installRuntime(pino({ level: 'silent' }));
  api = await startTestApi({ temporal: 'real' });
  temporal = await testTemporal();
  account = await api.addService(['maintenance:run']);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const { env, db } = api.services;
  const workerEnv = { ...env, ...TEST_PAYLOAD_ENV };
  const worker = await createWorker(connection, workerEnv, {
    taskQueue,
    workflows: 'detective',
    activities: createMaintenanceActivities({
      db,
      now: () => new Date(),
      deliveryLogDays: 400,
      api: platformOf(api, account),
    }),
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
});
afterAll(async () => {
  await temporal.close();
  await api.close();
});

const start = () =>
  api.services.temporal.workflow.start('maintenance', {
    taskQueue,
    workflowId: `maintenance-${randomUUID()}`,
  });
const run = async (): Promise<unknown> => (await start()).result();
const NOTHING = {
  sessions: 0,
  idempotencyKeys: 0,
  rateLimits: 0,
  revokedTokens: 0,
  signingKeys: 0,
  clientSecrets: 0,
  notificationDeliveries: 0,
};

test('what has run out is removed, what has not stays, and a young key is left alone', async () => {
  const { db } = api.services;
  await api.signIn('viewer');
  await api.signIn('admin');
  await sql`update sessions set expires_at = now() - interval '1 second'
    where user_id in (select id from users where role = 'viewer')`.execute(db);
  await db
    .insertInto('revoked_tokens')
    .values([
      { jti: 'ended', expires_at: new Date(Date.now() - 1_000) },
      { jti: 'runs', expires_at: new Date(Date.now() + 600_000) },
    ])
    .execute();
  expect(await run()).toEqual({
    rotateDueKey: { rotated: false, kid: null, signsFrom: null },
    removeExpired: { ...NOTHING, sessions: 1, revokedTokens: 1 },
    rollUpLlmUse: 0,
  });
  expect(await db.selectFrom('revoked_tokens').select('jti').execute()).toEqual([{ jti: 'runs' }]);
  expect(await db.selectFrom('sessions').select('id').execute()).toHaveLength(1);
});

test('old minutes of use that was only pushed become hours; newer ones stay', async () => {
  const { db } = api.services;
  const id = await addConnection(db, { provider: 'anthropic' });
  const HOUR_MS = 3_600_000;
  const hourOf = (days: number) =>
    Math.floor((Date.now() - days * 24 * HOUR_MS) / HOUR_MS) * HOUR_MS;
  const use = (days: number, minute: number) => ({
    at: new Date(hourOf(days) + minute * 60_000).toISOString(),
    ...({ source: 'push', bucketSeconds: 60, provider: 'anthropic', requests: '1' } as const),
    units: { input: '100' },
    rates: { input: '0.000001' },
  });
  await addLlmUse(db, id, [use(42, 1), use(42, 2), use(38, 1), use(38, 2)]);
  expect(await run()).toMatchObject({ rollUpLlmUse: 2 });
  const rows = await db
    .selectFrom('llm_usage')
    .select(['bucket_seconds', 'input_tokens', 'requests'])
    .where('connection_id', '=', id)
    .orderBy('bucket_start')
    .execute();
  expect(rows).toMatchObject([
    { bucket_seconds: 3600, input_tokens: '200', requests: '2' },
    { bucket_seconds: 60, input_tokens: '100' },
    { bucket_seconds: 60, input_tokens: '100' },
  ]);
  expect(await run()).toMatchObject({ rollUpLlmUse: 0 });
});

test('old messages leave the delivery log, but not those that wait or keep an open finding from being told twice', async () => {
  const { db } = api.services;
  const [channel, connection] = [randomUUID(), randomUUID()];
  await sql`insert into notification_channels (id, name, kind, config, secret_sealed, route)
    values (${channel}, 'log', 'webhook', '{}', 'sealed', '{}')`.execute(db);
  await sql`insert into connections (id, name, provider, mode, poll_interval_minutes)
    values (${connection}, 'log', 'aws', 'read_only', 60)`.execute(db);
  const write = async (age: string, status: string, subject?: string) => {
    const id = randomUUID();
    const kind = subject === undefined ? 'test' : 'anomaly';
    await sql`insert into notification_deliveries
      (id, channel_id, event_kind, event_key, subject_id, content, status, created_at)
      values (${id}, ${channel}, ${kind}, ${id}, ${subject ?? null}, '{}', ${status},
        now() - ${age}::interval)`.execute(db);
    return id;
  };
  const finding = async (status: 'open' | 'resolved') => {
    const id = randomUUID();
    await sql`insert into anomalies (id, fingerprint, connection_id, service_name, kind, severity, status, started_on,
        last_seen_on, actual, expected, lower, upper, impact, currency, score, explanation, reported_by)
      values (${id}, ${id}, ${connection}, 'EC2', 'spike', 'high', ${status}, '2025-01-01', '2025-01-01', 9, 1, 1, 2, 8,
        'USD', 9, 'High.', 'test')`.execute(db);
    return id;
  };
  await write('401 days', 'sent');
  await write('401 days', 'failed', await finding('resolved'));
  const kept = [
    await write('399 days', 'sent'),
    await write('401 days', 'pending'),
    await write('401 days', 'sent', await finding('open')),
  ];
  expect(await run()).toMatchObject({ removeExpired: { notificationDeliveries: 2 } });
  const left = await db.selectFrom('notification_deliveries').select('id').execute();
  expect(left.map(({ id }) => id).sort()).toEqual(kept.sort());
});

test('a key that is due is replaced once, with an entry in the log', async () => {
  const { db } = api.services;
  await sql`update signing_keys set signs_from = now() - interval '31 days'`.execute(db);
  const first = (await run()) as { rotateDueKey: { rotated: boolean; kid: string } };
  expect(first.rotateDueKey.rotated).toBe(true);
  expect(await run()).toMatchObject({ rotateDueKey: { rotated: false } });
  const entries = await db
    .selectFrom('audit_log')
    .selectAll()
    .where('operation', '=', 'signing_key.rotate')
    .execute();
  expect(entries).toMatchObject([
    { actor_id: account.id, subject: `signing_key:${first.rotateDueKey.kid}` },
  ]);
});

test('one task that fails does not keep the other from being done, and is told', async () => {
  const { db } = api.services;
  const set = (scopes: string[]) =>
    db.updateTable('service_accounts').set({ scopes }).where('id', '=', account.id).execute();
  await set(['costs:read']);
  await sql`update revoked_tokens set expires_at = now() - interval '1 second'`.execute(db);
  const failure: unknown = await run().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  expect(String((failure as WorkflowFailedError).cause)).toMatch(/rotateDueKey \(\w+\): /);
  expect(await db.selectFrom('revoked_tokens').select('jti').execute()).toEqual([]);
  await set(['maintenance:run']);
});

test('its schedule is written by the reconciler, hourly, and left alone afterwards', async () => {
  const { db, pool, temporal: client } = api.services;
  const dependencies = { db, pool, temporal: client, log: pino({ level: 'silent' }) };
  const handle = client.schedule.getHandle('maintenance');
  try {
    await reconcileSchedules(dependencies);
    const { spec, action } = await handle.describe();
    expect(spec.intervals?.map(({ every }) => every)).toEqual([3_600_000]);
    expect(action).toMatchObject({ workflowType: 'maintenance', taskQueue: 'detective', args: [] });
    expect(await reconcileSchedules(dependencies)).toBe(0);
  } finally {
    await handle.delete();
  }
});

describe('the recorded histories', () => {
  const FILES = ['done', 'not-all-done'] as const;
  const read = (name: string) => readFileSync(join(HISTORIES, `${name}.json`), 'utf8');
  let workflowBundle: WorkflowBundle;
  beforeAll(async () => {
    workflowBundle = await bundleTestWorkflows('detective');
  });
  const replay = (name: string, json: string) =>
    replayHistory(workflowBundle, historyFromJson(json), name);

  test.each(FILES)('%s: a new run replays', async (name) => {
    const { db } = api.services;
    const set = (scopes: string[]) =>
      db.updateTable('service_accounts').set({ scopes }).where('id', '=', account.id).execute();
    if (name === 'not-all-done') await set(['costs:read']);
    try {
      const handle = await start();
      await handle.result().catch(() => undefined);
      const json = historyToJson(await handle.fetchHistory());
      if (process.env['RECORD_HISTORIES'] === '1') {
        mkdirSync(HISTORIES, { recursive: true });
        writeFileSync(join(HISTORIES, `${name}.json`), json);
      }
      await replay(name, json);
    } finally {
      await set(['maintenance:run']);
    }
  });

  // Cut off at each of its workflow tasks: a new release finds a run at any point.
  test.each(FILES)('%s replays with today’s workflow, at whatever point it is', async (name) => {
    const { events } = JSON.parse(read(name)) as { events: object[] };
    const points = events.flatMap((event, i) =>
      'workflowTaskCompletedEventAttributes' in event ? [i + 1] : [],
    );
    expect(points.length).toBeGreaterThan(2);
    for (const point of [...points, events.length])
      await replay(name, JSON.stringify({ events: events.slice(0, point) }));
  });

  test('a workflow that would do something else is noticed', async () => {
    const other = read('done').replaceAll('"rotateDueKey"', '"rotateSomethingElse"');
    await expect(replay('done', other)).rejects.toThrow(DeterminismViolationError);
  });
});
