import { setTimeout as sleep } from 'node:timers/promises';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { listBackups } from '../db/backup/listBackups.ts';
import type { BackupStorage } from '../db/backup/storage/backupStorage.ts';

const EVERY_MS = 60_000;

/**
 * Until the signal aborts, keeps the gauge `costguard_backup_newest_timestamp_seconds` of this process: when the newest
 * backup that lies in the storage was begun, whoever made it; no value while there is none.
 */
export async function reportBackups(
  { log, storage }: { log: Logger; storage: BackupStorage },
  signal: AbortSignal,
): Promise<void> {
  const gauge = Runtime.instance().metricMeter.createGauge(
    'costguard_backup_newest_timestamp_seconds',
    'float',
    '',
    'When the newest backup was begun, in seconds since 1970',
  );
  while (!signal.aborted) {
    try {
      const [newest] = await listBackups(storage);
      if (newest !== undefined) gauge.set(newest.at.getTime() / 1_000);
    } catch (err) {
      log.warn({ err }, 'The backups could not be listed; trying again');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
