/** The id of the workflow that reads a connection's history. */
export const backfillConnectionId = (connectionId: string): string => `backfill-${connectionId}`;

/** The id of the workflow that reads one month (YYYY-MM) of it. */
export const backfillMonthId = (connectionId: string, month: string): string =>
  `${backfillConnectionId(connectionId)}-${month}`;
