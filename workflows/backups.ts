/** The workflows of the task queue `backup`. */
export { backupDatabase } from './backupDatabase.ts';
