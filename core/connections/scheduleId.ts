/** The id of the Temporal Schedule that polls a connection. */
export const detectiveScheduleId = (connectionId: string): string => `detective-${connectionId}`;
