import { setWorkflowOptions } from '@temporalio/workflow';
import { backfill } from './backfill.ts';
import { backfillConnection } from './backfillConnection.ts';
import { detectivePoll } from './detectivePoll.ts';
import { maintenance } from './maintenance.ts';
import { notify } from './notify.ts';

/**
 * The workflows of the task queue `detective` for versioned workers: what each does when another build becomes the current
 * one. In modules of their own, because a server refuses the tasks of a worker that declares this and is not versioned.
 */
export { backfill, backfillConnection, detectivePoll, maintenance, notify };

// Over in two hours at the latest: they end on the build that they began on.
setWorkflowOptions({ versioningBehavior: 'PINNED' }, detectivePoll);
setWorkflowOptions({ versioningBehavior: 'PINNED' }, maintenance);

// Tried for a day or longer, and no old build should have to be kept for that: they go on with the new one. Changes of
// their code go through `patched()`, and the recorded histories are replayed.
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, backfill);
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, backfillConnection);
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, notify);
