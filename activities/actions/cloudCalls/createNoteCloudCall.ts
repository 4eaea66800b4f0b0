import { activityInfo } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { Database } from '../../../db/connect.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { countCall } from '../../countCall.ts';
import type { NoteCloudCall } from './cloudCall.ts';

const ACTION_WORKFLOW = /^action-(.+)$/;

/**
 * Counts each call, and writes it to the audit log, under the action that it was made for. Where the database is away the
 * call stands in the worker's log instead, and the work goes on: to stop there could leave an instance stopped.
 */
export function createNoteCloudCall(db: Database, log: Logger): NoteCloudCall {
  return async (call) => {
    const result = call.outcome === 'ok' ? 'ok' : 'failed';
    countCall('costguard_provider_calls', { provider: call.provider, result });
    const subject = subjectOf(activityInfo().workflowExecution?.workflowId ?? '');
    try {
      await db.transaction().execute((tx) =>
        appendAudit(tx, {
          actorKind: 'system',
          actorId: null,
          actorName: 'action worker',
          operation: 'cloud.call',
          subject,
          detail: { ...call },
        }),
      );
    } catch (error) {
      log.error({ err: error, subject, call }, 'a cloud call is not in the audit log');
    }
  };
}

function subjectOf(workflowId: string): string | null {
  const id = ACTION_WORKFLOW.exec(workflowId)?.[1];
  return id === undefined ? null : `action:${id}`;
}
