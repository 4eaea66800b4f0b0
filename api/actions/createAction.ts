import { randomUUID } from 'node:crypto';
import { Action, ActionCreate } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import { insertAction, targetOf } from '../../db/queries/actions/insertAction.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { ACTION_WORKFLOW_TYPE, actionStartOptions } from '../../workflows/messages.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { withinSeconds } from '../system/withinSeconds.ts';
import { getStoredAction } from './getAction.ts';
import { toAction } from './toAction.ts';
import { touchesProposal } from '../teams/touches.ts';

const EXPIRY_DAYS_MAX = 30;

/** Proposes an action: its workflow makes the plan and waits for a person. */
export const createAction = defineRoute({
  method: 'post',
  path: '/api/v1/actions',
  summary: 'Propose an action; its plan follows within seconds',
  tag: 'Actions',
  access: { scope: 'actions:propose' },
  body: ActionCreate,
  reach: touchesProposal,
  replies: { 201: Action },
  errors: [
    'connection_not_found',
    'connection_read_only',
    'unsupported',
    'anomaly_not_found',
    'action_open_for_resource',
    'proposal_quiet',
  ],
  handle: async ({ body, db, env, temporal, principal, now, requestLog }) => {
    const id = randomUUID();
    const expiresAt = expiryOf(body.expiresAt, now(), env.ACTION_EXPIRY_HOURS);
    await db.transaction().execute(async (tx) => {
      await insertAction(tx, {
        id,
        create: body,
        proposedBy: { kind: principal.kind, id: principal.id, name: principal.name },
        expiresAt,
        quietDays: env.PROPOSAL_QUIET_DAYS,
      });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'action.propose',
        subject: `action:${id}`,
        detail: { after: { ...body, expiresAt: expiresAt.toISOString() } },
      });
    });
    await withinSeconds(temporal, 5, () =>
      temporal.workflow.start(
        ACTION_WORKFLOW_TYPE,
        actionStartOptions({ id, resourceId: body.resourceId, target: targetOf(body) }),
      ),
    ).catch((error: unknown) => {
      // The proposal is stored: the action worker starts its workflow as soon as Temporal is back.
      requestLog.warn({ err: error, actionId: id }, 'the workflow of a proposal starts later');
    });
    return { status: 201, body: toAction(await getStoredAction(db, id), env) };
  },
});

function expiryOf(asked: string | undefined, now: Date, defaultHours: number): Date {
  const expiresAt =
    asked === undefined ? new Date(now.getTime() + defaultHours * 3_600_000) : new Date(asked);
  const days = (expiresAt.getTime() - now.getTime()) / 86_400_000;
  if (days > 0 && days <= EXPIRY_DAYS_MAX) return expiresAt;
  throw new CostGuardError(
    'invalid_request',
    'Correct the fields named in errors and send the request again.',
    {
      errors: [
        {
          pointer: '/expiresAt',
          detail: `must lie in the future, at most ${EXPIRY_DAYS_MAX} days ahead`,
        },
      ],
    },
  );
}
