import { ScheduleNotFoundError } from '@temporalio/client';
import { detectiveScheduleId } from '../../core/connections/scheduleId.ts';
import { PollReply } from '../../core/contracts/connection.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { CostGuardError } from '../../core/errors.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { withinSeconds } from '../system/withinSeconds.ts';
import { getExistingConnection } from './getConnection.ts';
import { triggerPoll } from './triggerPoll.ts';
import { touchesItsConnection } from '../teams/touches.ts';

/** Starts a poll now; while one runs, none is started, and the reply says so. */
export const pollConnection = defineRoute({
  method: 'post',
  path: '/api/v1/connections/{id}/poll',
  summary: 'Poll a connection now; 200 where the poll before still runs, and none is started',
  tag: 'Connections',
  access: { scope: 'connections:poll' },
  params: IdParams,
  reach: touchesItsConnection,
  replies: { 200: PollReply, 202: PollReply },
  errors: ['connection_not_found', 'schedule_missing', 'workflow_unavailable'],
  handle: async ({ params, db, temporal, principal }) => {
    const connection = await getExistingConnection(db, params.id);
    const scheduleId = detectiveScheduleId(connection.id);
    const outcome = await withinSeconds(temporal, 8, () =>
      triggerPoll(temporal.schedule.getHandle(scheduleId)),
    ).catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      throw new CostGuardError(
        'schedule_missing',
        'Try again in a few seconds. If it stays, check that the connection is enabled and a detective worker runs.',
        { cause: error, retryAfterMs: 5_000 },
      );
    });
    await db.transaction().execute((tx) =>
      appendAudit(tx, {
        ...actorOf(principal),
        operation: 'connection.poll',
        subject: `connection:${connection.id}`,
        detail: { triggered: outcome.triggered },
      }),
    );
    return {
      status: outcome.triggered ? 202 : 200,
      body: { connectionId: connection.id, scheduleId, ...outcome },
    };
  },
});
