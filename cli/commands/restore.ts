import { Command } from 'commander';
import { type Env, parseEnv } from '../../core/config/env.ts';
import { CostGuardError } from '../../core/errors.ts';
import { openBackupKeyring } from '../../db/backup/backupKeyring.ts';
import { checkRestored, type RestoreFindings } from '../../db/backup/checkRestored.ts';
import { listBackups } from '../../db/backup/listBackups.ts';
import type { BackupManifest } from '../../db/backup/manifest.ts';
import { openBackup, type OpenedBackup } from '../../db/backup/openBackup.ts';
import { restoreBackup } from '../../db/backup/restoreBackup.ts';
import type { BackupStorage } from '../../db/backup/storage/backupStorage.ts';
import { openStorage } from '../../db/backup/storage/openStorage.ts';
import { connect, type Database } from '../../db/connect.ts';
import { knowsMigration } from '../../db/migrate.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { majorOfServer, readServerVersion } from '../../db/queries/backup/readServerVersion.ts';
import { kekUnknown } from '../../db/vault/kek.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { openKeyring } from '../../db/vault/openKeyring.ts';
import { ensurePgTools } from '../launch/postgres/ensurePgTools.ts';
import type { DatabaseAddresses } from '../launch/startDatabase.ts';
import { withOwnPostgres } from '../launch/withOwnPostgres.ts';

interface RestoreOptions {
  location?: string;
  replace: boolean;
}

const NEWEST = 'newest';

/** `costguard restore`: puts a backup into the instance's database, and checks what came back. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description(
      'Put a backup into an empty database, and check every count, the audit log and every secret',
    )
    .argument('[name]', 'which one, as "costguard backup --list" shows it', NEWEST)
    .option('--location <place>', 'a folder or s3://BUCKET/PREFIX instead of BACKUP_LOCATION')
    .option('--replace', 'lose what stands in the database now', false)
    .addHelpText(
      'after',
      `
Stop every part first. Without DATABASE_URL it fills the embedded database of "npm start", which must not run meanwhile.
Needs the keys of then: BACKUP_KEY where it was set, and the key that wraps stored secrets. With MIGRATION_DATABASE_URL
the audit log is protected again from the login of DATABASE_URL.
Exit codes: 0 restored and intact, 1 refused or not intact, 2 wrong usage, 3 the database or the storage cannot be reached.
See docs/operations.md.`,
    )
    .action(run);
}

async function run(name: string, { location, replace }: RestoreOptions): Promise<void> {
  const env = parseEnv(process.env);
  const storage = openStorage(env, location);
  const chosen = name === NEWEST ? await newest(storage) : name;
  const backup = await openBackup(storage, await openBackupKeyring(env), chosen);
  await assertUsable(env, backup.manifest);
  process.stderr.write(`${chosen} is whole; restoring it.\n`);
  const findings = await withTarget(env, (target) =>
    restore(env, target, { backup, replace, name: chosen }),
  );
  report(chosen, findings);
}

async function newest(storage: BackupStorage): Promise<string> {
  const [first] = await listBackups(storage);
  if (first !== undefined) return first.name;
  throw new CostGuardError('backup_not_found', `There is no backup in ${storage.place}.`);
}

/** Before anything is written: this version reads it, and its secrets will open. */
async function assertUsable(env: Env, { keks, migration }: BackupManifest): Promise<void> {
  if (!knowsMigration(migration))
    throw new CostGuardError(
      'backup_unusable',
      `The backup is of a newer CostGuard, whose schema ${migration} this one does not know. Restore it with the version that made it.`,
    );
  const known = await openKeyring(env, { create: false });
  const missing = keks.find((id) => !known.keks.some((kek) => kek.id === id));
  if (missing !== undefined) throw kekUnknown(missing, known.current.id);
}

/** The database of DATABASE_URL, else the embedded one. */
async function withTarget<T>(env: Env, use: (target: DatabaseAddresses) => Promise<T>): Promise<T> {
  const { DATABASE_URL: databaseUrl, MIGRATION_DATABASE_URL: migrationDatabaseUrl } = env;
  return databaseUrl === undefined
    ? withOwnPostgres(env, process.env, use)
    : use({ databaseUrl, migrationDatabaseUrl });
}

async function restore(
  env: Env,
  { databaseUrl, migrationDatabaseUrl }: DatabaseAddresses,
  { backup, name, replace }: { backup: OpenedBackup; name: string; replace: boolean },
): Promise<RestoreFindings> {
  const major = majorOfServer(await withDatabase(databaseUrl, readServerVersion));
  const tools = await ensurePgTools(env.PG_BIN_DIR, major, (line) =>
    process.stderr.write(`${line}\n`),
  );
  const target = { databaseUrl, adminUrl: migrationDatabaseUrl, tools, replace };
  const migrated = await restoreBackup(backup, target);
  if (migrated.length > 0) process.stderr.write(`Migrated: ${migrated.join(', ')}.\n`);
  return withDatabase(databaseUrl, async (db) => {
    const secrets = await loadSecrets(db, env, { create: false });
    const findings = await checkRestored(db, backup.manifest, secrets);
    await db.transaction().execute((tx) =>
      appendAudit(tx, {
        actorKind: 'system',
        actorId: null,
        actorName: 'costguard restore',
        operation: 'backup.restore',
        subject: `backup:${name}`,
        detail: { at: backup.manifest.at, faults: findings.faults.length },
      }),
    );
    return findings;
  });
}

function report(name: string, { auditEntries, faults, rows, secrets, tables }: RestoreFindings) {
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  const found = `${rows} rows in ${tables} tables, ${auditEntries} entries of the audit log, ${secrets.opened} secrets`;
  if (faults.length === 0) {
    process.stdout.write(`${name} is restored and intact: ${found}.\n`);
    return;
  }
  process.exitCode = 1;
  process.stdout.write(`NOT INTACT: ${found}; ${faults.length} faults\n`);
}

async function withDatabase<T>(url: string, use: (db: Database) => Promise<T>): Promise<T> {
  // Counting every table takes longer than the statements of a request may.
  const options = { applicationName: 'costguard-cli', poolSizeMax: 2, statementTimeoutMs: 0 };
  const { db, close } = connect(url, options);
  try {
    return await use(db);
  } finally {
    await close();
  }
}
