/** The task queue of the worker that makes backups: it alone has pg_dump and the key of backups. */
export const BACKUP_TASK_QUEUE = 'backup';

/** The id of the Temporal Schedule of backups. */
export const BACKUP_SCHEDULE_ID = 'backup';

/** The workflow that one backup is. */
export const BACKUP_WORKFLOW_TYPE = 'backupDatabase';
