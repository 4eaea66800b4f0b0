// The bundle of task queue `actions` holds the workflows exported here.
export { actionApproval } from './actionApproval.ts';
