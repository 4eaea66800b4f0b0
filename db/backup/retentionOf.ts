import type { BackupRetention } from '../../core/backup/keepBackups.ts';
import type { Env } from '../../core/config/env.ts';

/** How long backups are kept, as the environment says. */
export const retentionOf = (
  env: Pick<Env, 'BACKUP_KEEP_LAST' | 'BACKUP_KEEP_DAILY' | 'BACKUP_KEEP_WEEKLY'>,
): BackupRetention => ({
  last: env.BACKUP_KEEP_LAST,
  daily: env.BACKUP_KEEP_DAILY,
  weekly: env.BACKUP_KEEP_WEEKLY,
});
