import { ActionDetail } from '../../core/contracts/action.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { notFound } from '../../core/notFound.ts';
import type { Database } from '../../db/connect.ts';
import type { StoredAction } from '../../db/queries/actions/actionRow.ts';
import { findAction } from '../../db/queries/actions/findAction.ts';
import { listActionEvents } from '../../db/queries/actions/listActionEvents.ts';
import { defineRoute } from '../http/route.ts';
import { toAction } from './toAction.ts';

/** One action with its plan and its events. */
export const getAction = defineRoute({
  method: 'get',
  path: '/api/v1/actions/{id}',
  summary: 'Get an action with its plan and its events',
  tag: 'Actions',
  access: { scope: 'actions:read' },
  params: IdParams,
  replies: { 200: ActionDetail },
  errors: ['action_not_found'],
  handle: async ({ params, db, env }) => {
    const action = toAction(await getStoredAction(db, params.id), env);
    return { status: 200, body: { ...action, events: await listActionEvents(db, params.id) } };
  },
});

/** The action of an id. @throws CostGuardError `action_not_found` */
export async function getStoredAction(db: Database, id: string): Promise<StoredAction> {
  const action = await findAction(db, id);
  if (action !== undefined) return action;
  throw notFound('action_not_found');
}
