import { setWorkflowOptions } from '@temporalio/workflow';
import { llmPoll } from './llmPoll.ts';

/** The workflows of the task queue `llm` for versioned workers; see `detectiveVersioned.ts`. */
export { llmPoll };

// Over in minutes, and in six hours at the latest: it ends on the build that it began on.
setWorkflowOptions({ versioningBehavior: 'PINNED' }, llmPoll);
