import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { WorkflowFailedError } from '@temporalio/client';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMaintenanceActivities } from '../../activities/maintenance/createMaintenanceActivities.ts';
import { createAccessTokens } from '../../activities/platform/accessTokens.ts';
import { createPlatformApi } from '../../activities/platform/platformApi.ts';
import { publicApiUrl } from '../../core/config/addresses.ts';
import { createWorker, installRuntime } from '../../workers/createWorker.ts';
import { reconcileSchedules } from '../../workers/reconcileSchedules.ts';
import type { TestService } from '../api/createTestIdentities.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { testTemporal, type TestTemporal } from '../servers/testTemporal.ts';

let api: TestApi;
let temporal: TestTemporal;
let account: TestService;
const taskQueue = `maintenance-${randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  installRuntime(pino({ level: 'silent' }));
  api = await startTestApi({ temporal: 'real' });
  temporal = await testTemporal();
  account = await api.addService(['maintenance:run']);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const { env, db } = api.services;
  const worker = await createWorker(connection, env, {
    taskQueue,
    workflows: 'detective',
    activities: createMaintenanceActivities({
      db,
      api: createPlatformApi({
        baseUrl: api.url,
        audience: publicApiUrl(env),
        fetch,
        tokens: createAccessTokens({
          tokenUrl: `${api.url}/oauth/token`,
          clientId: account.clientId,
          clientSecret: account.clientSecret,
          fetch,
          now: Date.now,
        }),
      }),
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

const run = () =>
  api.services.temporal.workflow.execute('maintenance', {
    taskQueue,
    workflowId: `maintenance-${randomUUID()}`,
  });
const NOTHING = {
  sessions: 0,
  idempotencyKeys: 0,
  rateLimits: 0,
  revokedTokens: 0,
  signingKeys: 0,
  clientSecrets: 0,
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
  });
  expect(await db.selectFrom('revoked_tokens').select('jti').execute()).toEqual([{ jti: 'runs' }]);
  expect(await db.selectFrom('sessions').select('id').execute()).toHaveLength(1);
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
