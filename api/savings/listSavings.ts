import { ActionSaving } from '../../core/contracts/actionSaving.ts';
import { type Saving, SavingListQuery, SavingPage } from '../../core/contracts/saving.ts';
import { sumSavings } from '../../core/savings/sumSavings.ts';
import { toActionSaving } from '../../core/savings/toActionSaving.ts';
import { listSavings as readPage, type SavedAction } from '../../db/queries/savings/listSavings.ts';
import { readSavingParts } from '../../db/queries/savings/readSavingParts.ts';
import { defineRoute } from '../http/route.ts';

/** A page of savings, newest first, with the totals of all that are seen. */
export const listSavings = defineRoute({
  method: 'get',
  path: '/api/v1/savings',
  summary: 'List what actions saved, promised and measured',
  tag: 'Savings',
  access: { scope: 'actions:read' },
  query: SavingListQuery,
  replies: { 200: SavingPage },
  handle: async ({ query, db }) => {
    const page = await readPage(db, query);
    const totals = sumSavings(await readSavingParts(db, query));
    return { status: 200, body: { ...page, items: page.items.map(toSaving), totals } };
  },
});

function toSaving({ action, saving }: SavedAction): Saving {
  return {
    ...ActionSaving.parse(toActionSaving(saving, action.expectedMonthlySaving)),
    actionId: action.id,
    kind: action.kind,
    status: action.status,
    connectionId: action.connectionId,
    connectionName: action.connectionName,
    provider: action.provider,
    resourceId: action.resourceId,
    resourceName: action.plan?.resource.resourceName ?? null,
  };
}
