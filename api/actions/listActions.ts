import { ActionListQuery, ActionPage } from '../../core/contracts/action.ts';
import { listActions as readPage } from '../../db/queries/actions/listActions.ts';
import { defineRoute } from '../http/route.ts';
import { toAction } from './toAction.ts';

/** A page of actions, newest first. */
export const listActions = defineRoute({
  method: 'get',
  path: '/api/v1/actions',
  summary: 'List actions, newest first',
  tag: 'Actions',
  access: { scope: 'actions:read' },
  query: ActionListQuery,
  replies: { 200: ActionPage },
  handle: async ({ query, db, env }) => {
    const page = await readPage(db, query);
    return { status: 200, body: { ...page, items: page.items.map((item) => toAction(item, env)) } };
  },
});
