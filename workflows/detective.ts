/** The workflows of the task queue `detective`. */
export { backfill } from './backfill.ts';
export { backfillConnection } from './backfillConnection.ts';
export { detectivePoll } from './detectivePoll.ts';
export { maintenance } from './maintenance.ts';
export { notify } from './notify.ts';
