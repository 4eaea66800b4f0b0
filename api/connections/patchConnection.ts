import { Connection, ConnectionPatch } from '../../core/contracts/connection.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { updateConnection } from '../../db/queries/connections/updateConnection.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';

/** Changes a connection; its schedule follows. */
export const patchConnection = defineRoute({
  method: 'patch',
  path: '/api/v1/connections/{id}',
  summary: 'Change a connection',
  tag: 'Connections',
  access: { scope: 'connections:write' },
  params: IdParams,
  body: ConnectionPatch,
  replies: { 200: Connection },
  errors: ['connection_not_found', 'name_taken'],
  handle: ({ params, body, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const { before, after } = await updateConnection(tx, params.id, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'connection.change',
        subject: `connection:${params.id}`,
        detail: { before: settingsOf(before), after: settingsOf(after) },
      });
      return { status: 200, body: after };
    }),
});

function settingsOf(connection: Connection) {
  const { name, mode, enabled, pollIntervalMinutes } = connection;
  const { sensitivity, minDailyImpact, minTotalImpact, ownerTag } = connection;
  return {
    ...{ name, mode, enabled, pollIntervalMinutes },
    ...{ sensitivity, minDailyImpact, minTotalImpact, ownerTag },
  };
}
