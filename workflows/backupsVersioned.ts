import { setWorkflowOptions } from '@temporalio/workflow';
import { backupDatabase } from './backupDatabase.ts';

/** The workflows of the task queue `backup` for versioned workers; see `detectiveVersioned.ts`. */
export { backupDatabase };

// Over in hours at most: it ends on the build that it began on.
setWorkflowOptions({ versioningBehavior: 'PINNED' }, backupDatabase);
