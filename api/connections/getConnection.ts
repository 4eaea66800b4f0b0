import { Connection } from '../../core/contracts/connection.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { notFound } from '../../core/notFound.ts';
import type { Database } from '../../db/connect.ts';
import { findConnection } from '../../db/queries/connections/findConnection.ts';
import { defineRoute } from '../http/route.ts';

/** One connection. */
export const getConnection = defineRoute({
  method: 'get',
  path: '/api/v1/connections/{id}',
  summary: 'Get a connection with its health',
  tag: 'Connections',
  access: { scope: 'connections:read' },
  params: IdParams,
  replies: { 200: Connection },
  errors: ['connection_not_found'],
  handle: async ({ params, db }) => ({
    status: 200,
    body: await getExistingConnection(db, params.id),
  }),
});

/** The connection of an id. @throws CostGuardError `connection_not_found` */
export async function getExistingConnection(db: Database, id: string): Promise<Connection> {
  const connection = await findConnection(db, id);
  if (connection !== undefined) return connection;
  throw notFound('connection_not_found');
}
