import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import {
  BACKUP_SCHEDULE_ID,
  BACKUP_TASK_QUEUE,
  BACKUP_WORKFLOW_TYPE,
} from '../workflows/backupSchedule.ts';
import { ensureSchedule } from './reconcileSchedules.ts';

const TRY_AGAIN_MS = 5_000;

/**
 * Makes the schedule of backups what the configuration says, trying until it is or the signal aborts. The first backup
 * begins at once.
 */
export async function keepBackupSchedule(
  { everyHours, log, temporal }: { everyHours: number; log: Logger; temporal: Client },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await ensureSchedule(temporal, BACKUP_SCHEDULE_ID, {
        args: [],
        everyMinutes: everyHours * 60,
        workflowType: BACKUP_WORKFLOW_TYPE,
        taskQueue: BACKUP_TASK_QUEUE,
        workflowRunTimeout: '12 hours',
      });
      return;
    } catch (err) {
      log.warn({ err }, 'the schedule of backups could not be set; trying again');
    }
    await sleep(TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}
