/** The task queue of the workers that poll and detect. */
export const DETECTIVE_TASK_QUEUE = 'detective';

/** The workflow that one poll is. */
export const DETECTIVE_WORKFLOW_TYPE = 'detectivePoll';

/** What a poll is started with. */
export interface DetectivePollInput {
  connectionId: string;
  provider: string;
}
