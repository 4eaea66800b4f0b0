import type { Env } from '../../core/config/env.ts';
import { CostGuardError } from '../../core/errors.ts';
import { listBackups } from '../../db/backup/listBackups.ts';
import { openStorage } from '../../db/backup/storage/openStorage.ts';
import { type Finding, not, ok } from './finding.ts';

const HOUR_MS = 3_600_000;

/** There is a backup that is young enough: of the last two intervals, where they are made by themselves. */
export async function checkBackups(env: Env, now: number): Promise<Finding> {
  const storage = openStorage(env);
  const isScheduled = env.BACKUP_LOCATION !== undefined;
  try {
    const [newest] = await listBackups(storage);
    if (newest === undefined)
      return not(
        isScheduled ? 'failed' : 'warning',
        'backups',
        `there is none in ${storage.place}`,
        isScheduled
          ? 'Run "costguard backup" and read what it says; the log of the backup worker says why it made none.'
          : 'Set BACKUP_LOCATION and BACKUP_KEY, so that they are made by themselves (docs/operations.md).',
      );
    const hours = Math.floor((now - newest.at.getTime()) / HOUR_MS);
    const said = `the newest is ${hours} h old (${newest.name})`;
    return hours <= 2 * env.BACKUP_EVERY_HOURS
      ? ok('backups', said)
      : not(
          isScheduled ? 'failed' : 'warning',
          'backups',
          said,
          'Run "costguard backup" now; see in the Temporal Web UI, Schedules, "backup", why there was no newer one.',
        );
  } catch (error) {
    if (!(error instanceof CostGuardError)) throw error;
    const isAway = error.code === 'backup_storage_unavailable';
    return not(isAway ? 'away' : 'failed', 'backups', 'they cannot be listed', error.detail);
  }
}
