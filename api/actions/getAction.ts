import { stepProgress } from '../../core/actions/stepProgress.ts';
import { ActionDetail } from '../../core/contracts/action.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { notFound } from '../../core/notFound.ts';
import { toActionSaving } from '../../core/savings/toActionSaving.ts';
import type { Database } from '../../db/connect.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { findAction } from '../../db/queries/actions/findAction.ts';
import { listActionSteps } from '../../db/queries/actions/listActionSteps.ts';
import { listActionEvents } from '../../db/queries/actions/listActionEvents.ts';
import { findSaving } from '../../db/queries/savings/findSaving.ts';
import { listApprovals } from '../../db/queries/actions/listApprovals.ts';
import { defineRoute } from '../http/route.ts';
import { toAction } from './toAction.ts';

/** One action with its plan, its events and what it saved. */
export const getAction = defineRoute({
  method: 'get',
  path: '/api/v1/actions/{id}',
  summary: 'Get an action with its plan, its events and what it saved',
  tag: 'Actions',
  access: { scope: 'actions:read' },
  params: IdParams,
  replies: { 200: ActionDetail },
  errors: ['action_not_found'],
  handle: async ({ params, db, env }) => {
    const stored = await getStoredAction(db, params.id);
    const events = await listActionEvents(db, params.id);
    const { plan, status } = stored;
    const steps =
      plan === null ? [] : stepProgress(plan, status, await listActionSteps(db, params.id));
    const saving = await findSaving(db, params.id);
    const measured = saving ? toActionSaving(saving, stored.expectedMonthlySaving) : null;
    const approvals = await listApprovals(db, params.id);
    return {
      status: 200,
      body: { ...toAction(stored, env), events, steps, approvals, saving: measured },
    };
  },
});

/** The action of an id. @throws CostGuardError `action_not_found` */
export async function getStoredAction(db: Database, id: string): Promise<StoredAction> {
  const action = await findAction(db, id);
  if (action !== undefined) return action;
  throw notFound('action_not_found');
}
