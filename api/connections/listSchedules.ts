import { ConnectionListQuery, ConnectionScheduleList } from '../../core/contracts/connection.ts';
import { listConnections } from '../../db/queries/connections/listConnections.ts';
import { defineRoute } from '../http/route.ts';
import { withinSeconds } from '../system/withinSeconds.ts';
import { readSchedule } from './readSchedule.ts';

/** When each connection of a page is polled next, as Temporal knows it. */
export const listSchedules = defineRoute({
  method: 'get',
  path: '/api/v1/connection-schedules',
  summary: 'List when each connection of a page is polled next, and which are being polled',
  tag: 'Connections',
  access: { scope: 'connections:read' },
  query: ConnectionListQuery,
  replies: { 200: ConnectionScheduleList },
  errors: ['workflow_unavailable'],
  handle: async ({ query, db, temporal }) => {
    const { items, next_cursor } = await listConnections(db, query);
    const schedules = await withinSeconds(temporal, 5, () =>
      Promise.all(items.map(({ id }) => readSchedule(temporal, id))),
    );
    return { status: 200, body: { items: schedules, next_cursor } };
  },
});
