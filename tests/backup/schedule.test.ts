import { readdirSync } from 'node:fs';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../db/connect.ts';
import {
  compileProgram,
  startWorkerProcess,
  type WorkerProcess,
} from '../actions/workerProcess.ts';
import { openOwnTemporal, type OwnTemporal } from '../actions/ownTemporal.ts';
import { runCli } from '../cli/runCli.ts';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';
import { TEST_DATA_CONVERTER } from '../servers/testPayloads.ts';
import { type BackupWorld, createBackupWorld } from './backupWorld.ts';

let temporal: OwnTemporal;
let database: TestDatabase;
let world: BackupWorld;
let client: Client;
let worker: WorkerProcess;

beforeAll(async () => {
  [temporal, database, world] = await Promise.all([
    openOwnTemporal(),
    createTestDatabase(),
    createBackupWorld(),
    compileProgram(),
  ]);
  await runCli(['init'], world.envFor(database));
  client = new Client({
    connection: temporal.connection,
    namespace: temporal.namespace,
    dataConverter: TEST_DATA_CONVERTER,
  });
  worker = await start();
});
afterAll(async () => {
  await worker.stop();
  await database.drop();
  await temporal.close();
  world.remove();
});

const start = () => {
  const secrets = { COSTGUARD_KEK: '', MIGRATION_DATABASE_URL: '' };
  return startWorkerProcess(
    {
      ...envOf(),
      ...secrets,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    },
    { pool: 'backup' },
  );
};
const envOf = () => world.envFor(database);
const manifests = () => {
  const folder = envOf()['BACKUP_LOCATION'] ?? '';
  return readdirSync(folder).filter((file) => file.endsWith('.manifest.json'));
};
const backup = () => client.schedule.getHandle('backup');

test('the first backup is made at once, without the key of stored secrets, and can be restored', async () => {
  await expect
    .poll(async () => (await backup().describe()).info.recentActions.length, { timeout: 30_000 })
    .toBe(1);
  await expect.poll(manifests, { timeout: 30_000 }).toHaveLength(1);
  const { policies, spec } = await backup().describe();
  expect(policies.overlap).toBe('SKIP');
  expect(spec.intervals).toMatchObject([{ every: 24 * 3_600_000 }]);
  const [file = ''] = manifests();
  const verified = await runCli(
    ['backup', '--verify', file.replace('.manifest.json', '')],
    envOf(),
  );
  expect(verified).toMatchObject({ exitCode: 0, stderr: '' });
});

test('a worker that is killed in the middle of a backup costs nothing but time', async () => {
  const { pool, close } = connect(database.url, { applicationName: 'backup-holder' });
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query('lock table users in access exclusive mode');
  await backup().trigger();
  const waits = async () =>
    (
      await holder.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
    ).rowCount;
  await expect.poll(waits, { timeout: 30_000 }).toBe(1);
  await worker.kill();
  await holder.query('commit');
  holder.release();
  await close();
  worker = await start();
  await expect.poll(manifests, { timeout: 90_000 }).toHaveLength(2);
  expect((await runCli(['backup', '--list'], envOf())).stdout.trim().split('\n')).toHaveLength(2);
});
