import { ServiceAccountCreate, ServiceAccountCreated } from '../../../core/contracts/identity.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { createClientSecret } from '../../../db/queries/identity/saveServiceAccount.ts';
import { insertServiceAccount } from '../../../db/queries/identity/insertServiceAccount.ts';
import { defineRoute } from '../../http/route.ts';
import { actorOf } from '../actor.ts';
import { assertHolds } from './assertHolds.ts';
import { toServiceAccount } from './toServiceAccount.ts';

/** Makes a service account and shows its secret once. */
export const createServiceAccount = defineRoute({
  method: 'post',
  path: '/api/v1/service-accounts',
  summary: 'Make a service account; its secret is shown only now',
  tag: 'Identity',
  access: { scope: 'users:write' },
  body: ServiceAccountCreate,
  replies: { 201: ServiceAccountCreated },
  errors: ['name_taken'],
  handle: async ({ body, db, principal, now }) => {
    assertHolds(principal, body.scopes);
    const secret = createClientSecret();
    return db.transaction().execute(async (tx) => {
      const row = await insertServiceAccount(tx, { name: body.name, scopes: body.scopes, secret });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'service_account.create',
        subject: `service_account:${row.id}`,
        detail: { name: row.name, scopes: row.scopes },
      });
      return {
        status: 201,
        body: { ...toServiceAccount(row, now()), clientSecret: secret.secret },
      };
    });
  },
});
