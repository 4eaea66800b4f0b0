import { randomUUID } from 'node:crypto';
import { createBackupActivities } from '../activities/backup/createBackupActivities.ts';
import { EnvError } from '../core/config/env.ts';
import { openBackupKeyring } from '../db/backup/backupKeyring.ts';
import { retentionOf } from '../db/backup/retentionOf.ts';
import { openStorage } from '../db/backup/storage/openStorage.ts';
import { BACKUP_TASK_QUEUE } from '../workflows/backupSchedule.ts';
import { keepBackupSchedule } from './keepBackupSchedule.ts';
import { reportBackups } from './reportBackups.ts';
import { type PoolFrame, runPool, type RunningPool } from './runPool.ts';

/** The worker that makes backups. It reads the whole database, and has no key that opens a stored secret. */
async function build({ env, log, connected, temporal }: PoolFrame): Promise<RunningPool> {
  const { BACKUP_KEY: key, BACKUP_LOCATION: location, DATABASE_URL: databaseUrl } = env;
  if (databaseUrl === undefined || key === undefined || location === undefined)
    throw new EnvError([
      'BACKUP_LOCATION, BACKUP_KEY: backups that are made by themselves need both',
    ]);
  const storage = openStorage(env);
  const { db } = connected;
  return {
    taskQueue: BACKUP_TASK_QUEUE,
    workflows: 'backups',
    activitiesMax: 1,
    activities: createBackupActivities({
      ...{ db, databaseUrl, storage },
      keyring: await openBackupKeyring(env),
      retention: retentionOf(env),
      pgBinDir: env.PG_BIN_DIR,
      now: () => new Date(),
      newId: randomUUID,
    }),
    background: async (signal) => {
      await Promise.all([
        keepBackupSchedule({ everyHours: env.BACKUP_EVERY_HOURS, log, temporal }, signal),
        env.WORKER_METRICS_ADDRESS !== undefined && reportBackups({ log, storage }, signal),
      ]);
    },
  };
}

await runPool('backup-worker', process.env, build);
