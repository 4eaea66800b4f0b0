import { ConnectionListQuery, ConnectionPage } from '../../core/contracts/connection.ts';
import { listConnections as readPage } from '../../db/queries/connections/listConnections.ts';
import { defineRoute } from '../http/route.ts';

/** A page of connections, by name. */
export const listConnections = defineRoute({
  method: 'get',
  path: '/api/v1/connections',
  summary: 'List connections with their health',
  tag: 'Connections',
  access: { scope: 'connections:read' },
  query: ConnectionListQuery,
  replies: { 200: ConnectionPage },
  handle: async ({ query, db }) => ({ status: 200, body: await readPage(db, query) }),
});
