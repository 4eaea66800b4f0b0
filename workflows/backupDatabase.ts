import { proxyActivities } from '@temporalio/workflow';
import type { BackupActivities } from '../activities/backup/createBackupActivities.ts';

// Attempts end: the schedule makes the next one, and an alert tells of a backup that is too old.
const RETRY = {
  initialInterval: '5 seconds',
  backoffCoefficient: 2,
  maximumInterval: '10 minutes',
  maximumAttempts: 8,
} as const;

const { makeBackup } = proxyActivities<BackupActivities>({
  startToCloseTimeout: '5 hours',
  heartbeatTimeout: '20 seconds',
  retry: RETRY,
});
const { removeOldBackups } = proxyActivities<BackupActivities>({
  startToCloseTimeout: '10 minutes',
  retry: RETRY,
});

/** What a scheduled backup came to; names and counts only. */
export interface BackupSummary {
  name: string;
  bytes: number;
  removed: number;
}

/** Makes a backup, and then removes those that are too old: never the other way round. */
export async function backupDatabase(): Promise<BackupSummary> {
  const made = await makeBackup();
  return { ...made, removed: await removeOldBackups() };
}
