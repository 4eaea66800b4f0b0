/** The workflows of the task queue `llm`. */
export { llmPoll } from './llmPoll.ts';
