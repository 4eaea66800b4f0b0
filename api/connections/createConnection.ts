import { Connection, ConnectionCreate } from '../../core/contracts/connection.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';

/** Adds an account to watch; the detective worker makes its schedule within seconds. */
export const createConnection = defineRoute({
  method: 'post',
  path: '/api/v1/connections',
  summary: 'Add an account to watch',
  tag: 'Connections',
  access: { scope: 'connections:write' },
  body: ConnectionCreate,
  replies: { 201: Connection },
  errors: ['name_taken'],
  handle: ({ body, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const connection = await insertConnection(tx, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'connection.create',
        subject: `connection:${connection.id}`,
        detail: { after: body },
      });
      return { status: 201, body: connection };
    }),
});
