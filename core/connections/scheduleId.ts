/** The id of the Temporal Schedule that reads the use of language models of a connection. */
export const llmScheduleId = (connectionId: string): string => `llm-${connectionId}`;

/** The id of the Temporal Schedule that polls a connection. */
export const detectiveScheduleId = (connectionId: string): string => `detective-${connectionId}`;
