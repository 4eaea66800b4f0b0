/** The workflows of the task queue `detective`. */
export { detectivePoll } from './detectivePoll.ts';
export { notify } from './notify.ts';
