import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from '../../core/config/env.ts';
import { connect } from '../../db/connect.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import { saveCredential } from '../../db/queries/credentials/saveCredential.ts';
import { seedDemo } from '../../db/seed/seedDemo.ts';
import { loadSecrets } from '../../db/vault/loadSecrets.ts';
import { askBroker } from '../servers/askBroker.ts';
import type { TestDatabase } from '../servers/createTestDatabase.ts';
import { runCli } from '../cli/runCli.ts';

/** A key as it stands in COSTGUARD_KEK and BACKUP_KEY. */
export const newKey = (): string => randomBytes(32).toString('base64url');

/** What a person set up who makes backups into a folder. */
export interface BackupWorld {
  folder: string;
  kek: string;
  backupKey: string;
  /** For `runCli`, on the given database. */
  envFor: (database: TestDatabase) => Record<string, string>;
  remove: () => void;
}

/** Keys, and an empty folder for backups. */
export async function createBackupWorld(): Promise<BackupWorld> {
  const { folder: tools } = await askBroker('pg-tools');
  const folder = mkdtempSync(join(tmpdir(), 'costguard-backups-'));
  const [kek, backupKey] = [newKey(), newKey()];
  return {
    folder,
    kek,
    backupKey,
    envFor: ({ adminUrl, url }) => ({
      DATABASE_URL: url,
      MIGRATION_DATABASE_URL: adminUrl,
      COSTGUARD_HOME: folder,
      COSTGUARD_KEK: kek,
      BACKUP_KEY: backupKey,
      BACKUP_LOCATION: join(folder, 'kept'),
      PG_BIN_DIR: tools,
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * An instance with something of everything: accounts and keys as `costguard init` makes them, the demo's thirteen months of
 * costs, and a connection with a stored credential.
 */
export async function fillInstance(database: TestDatabase, world: BackupWorld): Promise<void> {
  const env = world.envFor(database);
  const { exitCode, stderr } = await runCli(['init'], env);
  if (exitCode !== 0) throw new Error(stderr);
  const { pool, db, close } = connect(database.url, { applicationName: 'backup-fill' });
  try {
    await seedDemo(pool, { today: '2026-11-23' });
    const { keyring } = await loadSecrets(db, parseEnv(env), { create: false });
    const { id } = await insertConnection(db, {
      ...{ provider: 'openai', name: 'real', mode: 'read_only', pollIntervalMinutes: 60 },
    });
    await db.transaction().execute(async (tx) => {
      await saveCredential(tx, keyring, id, {
        kind: 'openai_admin_key',
        adminKey: `sk-admin-${randomUUID()}`,
      });
      await appendAudit(tx, {
        ...{ actorKind: 'system', actorId: null, actorName: 'test' },
        ...{ operation: 'credential.store', subject: `connection:${id}`, detail: {} },
      });
    });
  } finally {
    await close();
  }
}
