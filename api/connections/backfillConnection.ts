import { BackfillReply, BackfillRequest } from '../../core/contracts/backfill.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { backfillConnectionId } from '../../core/connections/backfillIds.ts';
import { backfillMonths } from '../../core/connections/backfillMonths.ts';
import { CostGuardError } from '../../core/errors.ts';
import { utcDay } from '../../core/time/day.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { askForMonths } from '../../db/queries/backfill/askForMonths.ts';
import { listUnreadMonths } from '../../db/queries/backfill/listUnreadMonths.ts';
import { BACKFILL_WORKFLOW_TYPE, backfillStartOptions } from '../../workflows/messages.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { withinSeconds } from '../system/withinSeconds.ts';
import { getExistingConnection } from './getConnection.ts';

/** Has a connection's history read: the months named, or all that are not read yet. */
export const backfillConnection = defineRoute({
  method: 'post',
  path: '/api/v1/connections/{id}/backfill',
  summary: 'Read the history of a connection, or months of it again',
  tag: 'Connections',
  access: { scope: 'connections:poll' },
  params: IdParams,
  body: BackfillRequest,
  replies: { 202: BackfillReply },
  errors: ['connection_not_found', 'unsupported', 'workflow_unavailable'],
  handle: async ({ params, body, db, env, now, temporal, principal }) => {
    const { id: connectionId, provider, demo } = await getExistingConnection(db, params.id);
    if (demo) throw new CostGuardError('unsupported', 'The demo has all of its history already.');
    const today = utcDay(now());
    assertPast(body.months ?? [], today);
    const { isPlanned, unread } = await listUnreadMonths(db, connectionId);
    const planned = isPlanned ? unread : backfillMonths(today, env.BACKFILL_MONTHS);
    const months = [...new Set(body.months ?? planned)].sort().reverse();
    await db.transaction().execute(async (tx) => {
      await askForMonths(tx, { connectionId, months });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'connection.backfill',
        subject: `connection:${connectionId}`,
        detail: { months },
      });
    });
    // Where Temporal is away the months are kept, and the connection's next poll has them read.
    if (months.length > 0) {
      await withinSeconds(temporal, 5, () =>
        temporal.workflow.signalWithStart(
          BACKFILL_WORKFLOW_TYPE,
          backfillStartOptions({ connectionId, provider }),
        ),
      );
    }
    return {
      status: 202,
      body: { connectionId, workflowId: backfillConnectionId(connectionId), months },
    };
  },
});

/** @throws CostGuardError `invalid_request` for a month that is not over: its days are polled anyway */
function assertPast(months: readonly string[], today: string): void {
  const errors = months.flatMap((month, i) =>
    month < today.slice(0, 7)
      ? []
      : [{ pointer: `/months/${i}`, detail: 'must be a month that is over' }],
  );
  if (errors.length === 0) return;
  throw new CostGuardError('invalid_request', 'Name months that are over; polls read the newest.', {
    errors,
  });
}
