import type { Client } from '@temporalio/client';
import {
  type ConnectionSchedule,
  ConnectionListQuery,
  ConnectionScheduleList,
} from '../../core/contracts/connection.ts';
import { CostGuardError } from '../../core/errors.ts';
import { listConnections } from '../../db/queries/connections/listConnections.ts';
import { defineRoute } from '../http/route.ts';
import { withinSeconds } from '../system/withinSeconds.ts';
import { readSchedule } from './readSchedule.ts';

/**
 * When each connection of a page is polled next, as Temporal knows it. While it does not answer that is not known, which is no
 * error: what else a page tells of connections does not come from Temporal.
 */
export const listSchedules = defineRoute({
  method: 'get',
  path: '/api/v1/connection-schedules',
  summary: 'List when each connection of a page is polled next, and which are being polled',
  tag: 'Connections',
  access: { scope: 'connections:read' },
  query: ConnectionListQuery,
  replies: { 200: ConnectionScheduleList },
  handle: async ({ query, db, temporal }) => {
    const { items, next_cursor } = await listConnections(db, query);
    const ids = items.map(({ id }) => id);
    return { status: 200, body: { items: await readSchedules(temporal, ids), next_cursor } };
  },
});

async function readSchedules(
  temporal: Client,
  ids: readonly string[],
): Promise<ConnectionSchedule[]> {
  try {
    return await withinSeconds(temporal, 5, () =>
      Promise.all(ids.map((id) => readSchedule(temporal, id))),
    );
  } catch (error) {
    if (!(error instanceof CostGuardError && error.code === 'workflow_unavailable')) throw error;
    return ids.map((connectionId) => ({
      ...{ connectionId, isKnown: false },
      ...{ nextPollAt: null, runningSince: null },
    }));
  }
}
