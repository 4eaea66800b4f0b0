import { setWorkflowOptions } from '@temporalio/workflow';
import { actionApproval } from './actionApproval.ts';

/** The workflows of the task queue `actions` for versioned workers; see `detectiveVersioned.ts`. */
export { actionApproval };

// Open for weeks: a mended or safer build has to take it over. Changes of its code go through `patched()`, and the recorded
// histories are replayed.
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, actionApproval);
