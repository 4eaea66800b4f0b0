import { ServiceAccount, ServiceAccountPatch } from '../../../core/contracts/identity.ts';
import { IdParams } from '../../../core/contracts/idParams.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { lockServiceAccount } from '../../../db/queries/identity/getServiceAccountById.ts';
import { updateServiceAccount } from '../../../db/queries/identity/updateServiceAccount.ts';
import { defineRoute } from '../../http/route.ts';
import { actorOf } from '../actor.ts';
import { assertNotManaged } from './assertNotManaged.ts';
import { assertHolds } from './assertHolds.ts';
import { toServiceAccount } from './toServiceAccount.ts';

/** Changes a service account; fewer scopes, and being disabled, hold for the tokens that it has, too. */
export const patchServiceAccount = defineRoute({
  method: 'patch',
  path: '/api/v1/service-accounts/{id}',
  summary: 'Rename, disable or enable a service account, or change its scopes',
  tag: 'Identity',
  access: { scope: 'users:write' },
  params: IdParams,
  body: ServiceAccountPatch,
  replies: { 200: ServiceAccount },
  errors: ['service_account_not_found', 'service_account_managed', 'name_taken'],
  handle: ({ params, body, db, principal, now }) =>
    db.transaction().execute(async (tx) => {
      const before = await lockServiceAccount(tx, params.id);
      if (body.name !== undefined || body.scopes !== undefined) assertNotManaged(before);
      assertHolds(principal, [...before.scopes, ...(body.scopes ?? [])]);
      const after = await updateServiceAccount(tx, before, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'service_account.change',
        subject: `service_account:${params.id}`,
        detail: { before: audited(before), after: audited(after) },
      });
      return { status: 200, body: toServiceAccount(after, now()) };
    }),
});

const audited = ({
  name,
  scopes,
  enabled,
}: {
  name: string;
  scopes: string[];
  enabled: boolean;
}) => ({ name, scopes, enabled });
