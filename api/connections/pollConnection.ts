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
import { touchesItsConnection } from '../teams/touches.ts';

/** Starts a poll now; while one runs, this one is skipped. */
export const pollConnection = defineRoute({
  method: 'post',
  path: '/api/v1/connections/{id}/poll',
  summary: 'Poll a connection now',
  tag: 'Connections',
  access: { scope: 'connections:poll' },
  params: IdParams,
  reach: touchesItsConnection,
  replies: { 202: PollReply },
  errors: ['connection_not_found', 'schedule_missing', 'workflow_unavailable'],
  handle: async ({ params, db, temporal, principal }) => {
    const connection = await getExistingConnection(db, params.id);
    const scheduleId = detectiveScheduleId(connection.id);
    await withinSeconds(temporal, 5, async () => {
      // The default overlap policy of a manual trigger is ALLOW_ALL, which would poll twice at once.
      await temporal.schedule.getHandle(scheduleId).trigger('SKIP');
    }).catch((error: unknown) => {
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
        detail: {},
      }),
    );
    return {
      status: 202,
      body: { connectionId: connection.id, scheduleId, triggered: true as const },
    };
  },
});
