import type { LlmUsageRow } from '../core/llm/usageRow.ts';

/** The task queue of the workers that read the use of language models. */
export const LLM_TASK_QUEUE = 'llm';

/** The workflow that one poll of usage is. */
export const LLM_WORKFLOW_TYPE = 'llmPoll';

/** What a poll of usage is started with. */
export interface LlmPollInput {
  connectionId: string;
  provider: LlmUsageRow['provider'];
}
