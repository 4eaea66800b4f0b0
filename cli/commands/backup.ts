import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { openBackupKeyring } from '../../db/backup/backupKeyring.ts';
import { createBackup } from '../../db/backup/createBackup.ts';
import { listBackups, readManifest, removeOldBackups } from '../../db/backup/listBackups.ts';
import { type BackupManifest } from '../../db/backup/manifest.ts';
import { openBackup } from '../../db/backup/openBackup.ts';
import { recordBackup } from '../../db/backup/recordBackup.ts';
import { openStorage } from '../../db/backup/storage/openStorage.ts';
import type { BackupStorage } from '../../db/backup/storage/backupStorage.ts';
import { retentionOf } from '../../db/backup/retentionOf.ts';
import { majorOfServer, readServerVersion } from '../../db/queries/backup/readServerVersion.ts';
import { parseEnv } from '../../core/config/env.ts';
import { type Instance, withInstance } from '../instance.ts';
import { ensurePgTools } from '../launch/postgres/ensurePgTools.ts';

interface BackupOptions {
  location?: string;
  list: boolean;
  verify?: string;
  keepAll: boolean;
}

/** `costguard backup`: an encrypted dump of the instance's database, while everything goes on. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('Back the database up: dump, encrypt, store, and remove what is too old')
    .option('--location <place>', 'a folder or s3://BUCKET/PREFIX instead of BACKUP_LOCATION')
    .option('--list', 'list the backups that there are, and do nothing else', false)
    .option('--verify <name>', 'read a backup to its end, and do nothing else')
    .option('--keep-all', 'remove no older backup', false)
    .addHelpText(
      'after',
      `
It is encrypted with BACKUP_KEY, else with the key that wraps stored secrets; that key is in no backup: keep it elsewhere.
Exit codes: 0 done, 1 refused or not intact, 2 wrong usage, 3 the database or the storage cannot be reached.
See docs/operations.md.`,
    )
    .action(run);
}

async function run(options: BackupOptions): Promise<void> {
  const { list, location, verify } = options;
  if (!list && verify === undefined) {
    await withInstance((instance) => backUp(instance, options));
    return;
  }
  const env = parseEnv(process.env);
  const storage = openStorage(env, location);
  if (verify === undefined) {
    await sayList(storage);
    return;
  }
  const { manifest } = await openBackup(storage, await openBackupKeyring(env), verify);
  say(`${verify} is whole: ${describe(manifest)}.`);
}

async function backUp(
  { db, env, databaseUrl }: Instance,
  { keepAll, location }: BackupOptions,
): Promise<void> {
  const storage = openStorage(env, location);
  const keyring = await openBackupKeyring(env);
  const major = majorOfServer(await readServerVersion(db));
  const tools = await ensurePgTools(env.PG_BIN_DIR, major, (line) =>
    process.stderr.write(`${line}\n`),
  );
  const now = () => new Date();
  const made = await createBackup({
    ...{ db, databaseUrl, tools, storage, keyring, now },
    id: randomUUID(),
  });
  const { name, manifest } = made;
  await recordBackup(db, made, 'costguard backup');
  say(`${name} in ${storage.place}: ${describe(manifest)}.`);
  if (keepAll) return;
  const removed = await removeOldBackups(storage, retentionOf(env), now());
  if (removed.length > 0) say(`Removed, as too old: ${removed.join(', ')}.`);
}

async function sayList(storage: BackupStorage): Promise<void> {
  const backups = await listBackups(storage);
  if (backups.length === 0) process.stderr.write(`There is no backup in ${storage.place}.\n`);
  for (const { name } of backups) say(`${name}  ${describe(await readManifest(storage, name))}`);
}

function describe({ audit, bytes, counts }: BackupManifest): string {
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const size = (bytes / 1_048_576).toFixed(1);
  return `${rows} rows, ${size} MiB, audit log up to entry ${audit.seq}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
