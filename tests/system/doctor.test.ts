import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../cli/doctor/finding.ts';
import { temporalAddress } from '../../core/config/addresses.ts';
import { parseEnv } from '../../core/config/env.ts';
import { newKey } from '../backup/backupWorld.ts';
import { createEmptyDatabase } from '../servers/createTestDatabase.ts';
import { runCommandLine } from './runCommandLine.ts';
import { type PartName, startSystem, type TestSystem } from './startSystem.ts';

const SERVERS = ['aws-cost', 'gcp-billing', 'azure-cost', 'llm-tracker', 'costguard'] as const;
const PARTS: readonly PartName[] = [...SERVERS, 'api', 'dashboard', 'detective', 'llm'];

let system: TestSystem;

beforeAll(async () => {
  system = await startSystem();
  await Promise.all(PARTS.map(system.start));
});
afterAll(() => system.close());

/** What is not well, by part, and the exit code. */
async function examine(extra: Record<string, string> = {}) {
  const { code, stderr, stdout } = await runCommandLine(['doctor', '--json'], {
    ...system.env,
    // Nine lines of the SDK's on Node 20.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...extra,
  });
  expect(stderr).toBe('');
  const findings = JSON.parse(stdout) as Finding[];
  const bad = findings.filter(({ status }) => status !== 'ok');
  for (const { todo } of bad) expect(todo).toMatch(/^.{20,}\.$/);
  return {
    code,
    findings,
    bad: Object.fromEntries(bad.map(({ part, status }) => [part, status])),
    of: (part: string) => findings.find((one) => one.part === part),
  };
}

// Nobody makes backups here, and one login does everything.
const WARNINGS = { backups: 'warning' };

test('of a worker that was not started it says how to start it; with it all is well', async () => {
  const { bad, code, of } = await examine();
  expect(bad).toEqual({ ...WARNINGS, 'action worker': 'away' });
  expect(code).toBe(3);
  expect(of('action worker')?.todo).toContain('docker compose up -d action-worker');
  await system.start('action');
  const whole = await examine();
  expect(whole.bad).toEqual(WARNINGS);
  expect(whole.code).toBe(0);
  expect(whole.findings.map(({ part }) => part)).toEqual([
    ...['database', 'schema', 'audit log', 'stored secrets', 'clock'],
    ...['Temporal', 'search attributes', 'schedules'],
    ...['detective worker', 'llm worker', 'action worker'],
    ...['API', 'dashboard', ...SERVERS.map((name) => `${name} MCP server`)],
    ...['disk', 'backups'],
  ]);
});

test('parts that were stopped are named, each with what starts it', async () => {
  const stopped: PartName[] = ['api', 'dashboard', 'aws-cost'];
  await Promise.all(stopped.map(system.stop));
  const { bad, code, of } = await examine();
  await Promise.all(stopped.map(system.start));
  expect(bad).toEqual({
    ...WARNINGS,
    API: 'away',
    dashboard: 'away',
    'aws-cost MCP server': 'away',
  });
  expect(code).toBe(3);
  expect(of('API')?.said).toMatch(/nothing answers at http:\/\/127\.0\.0\.1:\d+\/readyz/);
});

test('without the database the rest is looked at all the same', async () => {
  const { bad, code, of } = await examine({
    DATABASE_URL: 'postgresql://costguard:wrong-secret@127.0.0.1:9/costguard',
  });
  expect(bad).toEqual({ ...WARNINGS, database: 'away' });
  expect(code).toBe(3);
  expect(JSON.stringify(of('database'))).not.toContain('wrong-secret');
  expect(of('database')?.said).toContain('127.0.0.1:9 lets nobody in');
});

test('an API whose database is gone answers, and is reported as failed', async () => {
  system.postgresLine.cut();
  onTestFinished(() => system.postgresLine.mend());
  await expect.poll(async () => (await examine()).bad['API'], { timeout: 30_000 }).toBe('failed');
});

test('another Temporal, a paused schedule, another key', async () => {
  const away = await examine({ TEMPORAL_ADDRESS: '127.0.0.1:9' });
  expect(away.bad).toEqual({ ...WARNINGS, Temporal: 'away' });
  const env = parseEnv(system.env);
  const connection = await Connection.connect({ address: temporalAddress(env) });
  onTestFinished(() => connection.close());
  const client = new Client({ connection, namespace: env.TEMPORAL_NAMESPACE });
  await client.schedule.getHandle('maintenance').pause('test');
  await expect
    .poll(async () => (await examine()).bad, { timeout: 20_000 })
    .toEqual({ ...WARNINGS, schedules: 'warning' });
  await client.schedule.getHandle('maintenance').unpause();
  const wrong = await examine({ COSTGUARD_KEK: newKey() });
  expect(wrong.bad['stored secrets']).toBe('failed');
  expect(wrong.code).toBe(1);
  expect(wrong.of('stored secrets')?.todo).toContain('wrapped by the KEK local:');
});

test('a database that was not migrated, and one of a newer version', async () => {
  const empty = await createEmptyDatabase();
  onTestFinished(empty.drop);
  const { bad, of } = await examine({ DATABASE_URL: empty.url });
  expect(bad['schema']).toBe('failed');
  expect(of('schema')?.todo).toContain('costguard migrate');
});

test('backups that are made by themselves: none, one that is too old, a bucket that is away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'costguard-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const none = await examine({ BACKUP_LOCATION: folder });
  expect(none.bad).toMatchObject({
    backups: 'failed',
    schedules: 'failed',
    'backup worker': 'away',
  });
  for (const suffix of ['dump.enc', 'manifest.json'])
    writeFileSync(join(folder, `costguard-20261101T030000Z-0000000a.${suffix}`), '');
  const old = await examine({ BACKUP_LOCATION: folder });
  expect(old.of('backups')?.said).toMatch(/the newest is \d+ h old/);
  expect(old.bad['backups']).toBe('failed');
  const bucket = { BACKUP_LOCATION: 's3://backups/x', BACKUP_S3_ENDPOINT: 'http://127.0.0.1:9' };
  expect((await examine(bucket)).bad['backups']).toBe('away');
});

test('as text each finding is one line, and what to do one more', async () => {
  const { code, stdout } = await runCommandLine(['doctor'], system.env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok {7}database: Postgres 18\.\d+$/m);
  expect(stdout).toMatch(/^warning {2}backups: there is none in .*\n {9}→ Set BACKUP_LOCATION/m);
});
