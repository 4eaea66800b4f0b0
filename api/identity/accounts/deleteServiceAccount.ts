import { IdParams } from '../../../core/contracts/idParams.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { deleteServiceAccount as deleteRow } from '../../../db/queries/identity/deleteServiceAccount.ts';
import { lockServiceAccount } from '../../../db/queries/identity/getServiceAccountById.ts';
import { defineRoute } from '../../http/route.ts';
import { actorOf } from '../actor.ts';
import { assertNotManaged } from './assertNotManaged.ts';
import { assertHolds } from './assertHolds.ts';

/** Removes a service account; its tokens are refused from then on. */
export const deleteServiceAccount = defineRoute({
  method: 'delete',
  path: '/api/v1/service-accounts/{id}',
  summary: 'Delete a service account',
  tag: 'Identity',
  access: { scope: 'users:write' },
  params: IdParams,
  replies: { 204: null },
  errors: ['service_account_not_found', 'service_account_managed'],
  handle: ({ params, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const before = await lockServiceAccount(tx, params.id);
      assertNotManaged(before);
      assertHolds(principal, before.scopes);
      await deleteRow(tx, params.id);
      const { name, scopes, enabled, client_id: clientId } = before;
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'service_account.delete',
        subject: `service_account:${params.id}`,
        detail: { before: { name, scopes, enabled, clientId } },
      });
      return { status: 204, body: undefined };
    }),
});
