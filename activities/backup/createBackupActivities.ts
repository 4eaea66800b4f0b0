import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { BackupRetention } from '../../core/backup/keepBackups.ts';
import { createBackup } from '../../db/backup/createBackup.ts';
import { recordBackup } from '../../db/backup/recordBackup.ts';
import { removeOldBackups } from '../../db/backup/listBackups.ts';
import { getPgTools } from '../../db/backup/pgTools.ts';
import type { BackupStorage } from '../../db/backup/storage/backupStorage.ts';
import type { Database } from '../../db/connect.ts';
import { majorOfServer, readServerVersion } from '../../db/queries/backup/readServerVersion.ts';
import type { Keyring } from '../../db/vault/kek.ts';

/** What backups are made with. */
export interface BackupDependencies {
  db: Database;
  databaseUrl: string;
  storage: BackupStorage;
  keyring: Keyring;
  retention: BackupRetention;
  /** Where pg_dump is; undefined means PATH. */
  pgBinDir: string | undefined;
  now: () => Date;
  newId: () => string;
}

const HEARTBEAT_MS = 5_000;

/** The activities of the workflow `backup`. */
export function createBackupActivities(dependencies: BackupDependencies) {
  const { db, databaseUrl, keyring, newId, now, pgBinDir, retention, storage } = dependencies;
  return {
    /**
     * Makes a backup and returns its name. A second run makes another one; of the first either nothing is left, or a backup
     * that is whole.
     */
    makeBackup: async (): Promise<{ name: string; bytes: number }> => {
      const beat = setInterval(heartbeat, HEARTBEAT_MS);
      try {
        const tools = await getPgTools(pgBinDir, majorOfServer(await readServerVersion(db)));
        const made = await createBackup({
          ...{ db, databaseUrl, tools, storage, keyring, now },
          id: newId(),
          signal: cancellationSignal(),
        });
        await recordBackup(db, made, 'the schedule of backups');
        return { name: made.name, bytes: made.manifest.bytes };
      } finally {
        clearInterval(beat);
      }
    },
    /** Removes what no rule keeps and returns how many; a second run finds nothing left to remove. */
    removeOldBackups: async (): Promise<number> =>
      (await removeOldBackups(storage, retention, now())).length,
  };
}

/** Their types, for the workflow. */
export type BackupActivities = ReturnType<typeof createBackupActivities>;
