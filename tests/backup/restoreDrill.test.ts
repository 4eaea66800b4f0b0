import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { connect } from '../../db/connect.ts';
import { countTables } from '../../db/queries/backup/countTables.ts';
import { readAuditHead } from '../../db/queries/audit/readAuditHead.ts';
import { listAuditGaps } from '../../db/roles/listAuditGaps.ts';
import { runCli } from '../cli/runCli.ts';
import {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../servers/createTestDatabase.ts';
import { type BackupWorld, createBackupWorld, fillInstance, newKey } from './backupWorld.ts';

let world: BackupWorld;
let name: string;
let before: Record<string, number>;
let head: { seq: number; hash: string };

beforeAll(async () => {
  world = await createBackupWorld();
  const database = await createTestDatabase();
  await fillInstance(database, world);
  ({ before, head } = await look(database));
  const made = await runCli(['backup'], world.envFor(database));
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  name = /costguard-\S+/.exec(made.stdout)?.[0] ?? '';
  // The volume is lost.
  await database.drop();
});
afterAll(() => world.remove());

async function look({ url }: TestDatabase) {
  const { db, close } = connect(url, { applicationName: 'backup-look' });
  try {
    return {
      before: await countTables(db),
      head: await readAuditHead(db),
      gaps: await listAuditGaps(db),
    };
  } finally {
    await close();
  }
}

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  onTestFinished(database.drop);
  return database;
}

test('what was lost comes back: every row, the audit chain, every secret, and the roles that protect the log', async () => {
  const database = await emptyDatabase();
  const { exitCode, stderr, stdout } = await runCli(['restore'], world.envFor(database));
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: `${name} is whole; restoring it.\n`,
  });
  const rows = Object.values(before).reduce((sum, count) => sum + count, 0);
  expect(rows).toBeGreaterThan(10_000);
  expect(stdout).toContain(`${name} is restored and intact: `);
  expect(stdout).toContain(`${head.seq} entries of the audit log, `);
  const after = await look(database);
  // The restore itself is in the log.
  expect(after.before).toEqual({
    ...before,
    'public.audit_log': (before['public.audit_log'] ?? 0) + 1,
  });
  expect(after.gaps).toEqual([]);
  const exported = join(world.folder, 'audit.jsonl');
  await runCli(['audit', 'export', '-o', exported], world.envFor(database));
  const verified = await runCli(['audit', 'verify', exported, '--head', head.hash]);
  expect(verified).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await runCli(['migrate'], world.envFor(database))).stderr).toBe(
    'The schema is up to date.\n',
  );
});

test('where one login does everything it comes back as well', async () => {
  const database = await emptyDatabase();
  const env = { ...world.envFor(database), MIGRATION_DATABASE_URL: '' };
  const { exitCode, stdout } = await runCli(['restore', name], env);
  expect(stdout).toContain('is restored and intact');
  expect(exitCode).toBe(0);
});

test('without a database of its own it fills the embedded one, for the next "npm start"', async () => {
  const database = await emptyDatabase();
  const port = String(await findFreePort());
  const env = { ...world.envFor(database), POSTGRES_PORT: port };
  const own = { ...env, DATABASE_URL: '', MIGRATION_DATABASE_URL: '' };
  const first = await runCli(['restore'], own);
  expect(first.stdout).toContain('is restored and intact');
  expect(first.exitCode).toBe(0);
  const again = await runCli(['restore'], own);
  expect(again.stderr).toContain('The database is not empty');
  expect(again.exitCode).toBe(1);
  expect((await runCli(['restore', '--replace'], own)).exitCode).toBe(0);
});

test('a database that holds something is left alone, unless it may be replaced', async () => {
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const refused = await runCli(['restore', name], world.envFor(database));
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('The database is not empty');
  const mere = { ...world.envFor(database), MIGRATION_DATABASE_URL: '' };
  const barred = await runCli(['restore', name, '--replace'], mere);
  expect(barred.stderr).toContain('the audit log belongs to an administrator');
  const replaced = await runCli(['restore', name, '--replace'], world.envFor(database));
  expect(replaced).toMatchObject({ exitCode: 0 });
  expect((await look(database)).gaps).toEqual([]);
});

test('a database in use is left alone', async () => {
  const database = await emptyDatabase();
  const { db, close } = connect(database.url, { applicationName: 'costguard-action-worker' });
  onTestFinished(close);
  await db.selectNoFrom((eb) => eb.val(1).as('one')).execute();
  const { exitCode, stderr } = await runCli(['restore', name], world.envFor(database));
  expect(exitCode).toBe(1);
  expect(stderr).toContain('costguard-action-worker. Stop every part');
});

describe('refused before anything is written', () => {
  async function expectRefused(env: Record<string, string>, reason: RegExp, exitCode = 1) {
    const database = await emptyDatabase();
    const result = await runCli(['restore', name], { ...world.envFor(database), ...env });
    expect(result.stderr).toMatch(reason);
    expect(result.exitCode).toBe(exitCode);
    expect((await look2(database)).tables).toBe(0);
    for (const key of [world.backupKey, world.kek]) expect(result.stderr).not.toContain(key);
  }
  const look2 = async ({ url }: TestDatabase) => {
    const { db, close } = connect(url, { applicationName: 'backup-look' });
    const tables = Object.keys(await countTables(db)).length;
    await close();
    return { tables };
  };

  test('another key of backups', () =>
    expectRefused(
      { BACKUP_KEY: newKey() },
      /encrypted for the key local:[0-9a-f]{16}.*BACKUP_KEY_PREVIOUS/,
    ));

  test('another KEK than the one that wraps the stored secrets', () =>
    expectRefused({ COSTGUARD_KEK: newKey() }, /Stored secrets are wrapped by the KEK local:/));

  test('an unknown storage, an unknown name, a folder without a backup', async () => {
    await expectRefused({ BACKUP_LOCATION: 'ftp://host/backups' }, /ftp:\/\/ is no storage/, 2);
    await expectRefused({ BACKUP_LOCATION: world.folder }, /There is no costguard-\S+ in /);
    const database = await emptyDatabase();
    const env = { ...world.envFor(database), BACKUP_LOCATION: world.folder };
    expect((await runCli(['restore'], env)).stderr).toContain('There is no backup in');
  });

  test.each<[string, string, (bytes: Buffer) => Buffer, RegExp]>([
    ['a flipped byte of the dump', '.dump.enc', (b) => flip(b, 4_000), /was changed or is cut off/],
    ['a dump cut short', '.dump.enc', (b) => b.subarray(0, -1_000), /was changed or is cut off/],
    ['an empty dump', '.dump.enc', () => Buffer.alloc(0), /was changed or is cut off/],
    ['a manifest cut short', '.manifest.json', (b) => b.subarray(0, 200), /cannot be read/],
    [
      'a manifest with other counts',
      '.manifest.json',
      recount,
      /manifest of the backup was changed/,
    ],
  ])('%s', async (_name, suffix, change, reason) => {
    const file = join(world.folder, 'kept', `${name}${suffix}`);
    const whole = readFileSync(file);
    onTestFinished(() => writeFileSync(file, whole));
    writeFileSync(file, change(Buffer.from(whole)));
    await expectRefused({}, reason);
    const verified = await runCli(['backup', '--verify', name], {
      BACKUP_LOCATION: join(world.folder, 'kept'),
      BACKUP_KEY: world.backupKey,
      COSTGUARD_HOME: world.folder,
    });
    expect(verified.exitCode).toBe(1);
    expect(verified.stderr).toMatch(reason);
  });

  const flip = (bytes: Buffer, at: number) => {
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  };
  function recount(bytes: Buffer): Buffer {
    return Buffer.from(bytes.toString().replace(/"public\.users": \d+/, '"public.users": 7'));
  }
});

test('nothing of the data stands in the files in the clear, and only their owner may read them', () => {
  const kept = join(world.folder, 'kept');
  const files = readdirSync(kept);
  expect(files.sort()).toEqual([`${name}.dump.enc`, `${name}.manifest.json`]);
  const dump = readFileSync(join(kept, `${name}.dump.enc`));
  for (const text of ['PGDMP', 'audit_log', 'admin']) expect(dump.includes(text), text).toBe(false);
});
