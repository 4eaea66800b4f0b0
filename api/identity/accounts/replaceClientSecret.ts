import { ClientSecretReplace, ServiceAccountCreated } from '../../../core/contracts/identity.ts';
import { IdParams } from '../../../core/contracts/idParams.ts';
import { appendAudit } from '../../../db/queries/audit/appendAudit.ts';
import { createClientSecret } from '../../../db/queries/identity/saveServiceAccount.ts';
import { lockServiceAccount } from '../../../db/queries/identity/getServiceAccountById.ts';
import { replaceSecret } from '../../../db/queries/identity/replaceSecret.ts';
import { defineRoute } from '../../http/route.ts';
import { actorOf } from '../actor.ts';
import { assertNotManaged } from './assertNotManaged.ts';
import { assertHolds } from './assertHolds.ts';
import { toServiceAccount } from './toServiceAccount.ts';

const MS_PER_HOUR = 3_600_000;

/** Gives a service account a new secret and shows it once. */
export const replaceClientSecret = defineRoute({
  method: 'post',
  path: '/api/v1/service-accounts/{id}/secret',
  summary: 'Give a service account a new secret; it is shown only now',
  tag: 'Identity',
  access: { scope: 'users:write' },
  params: IdParams,
  body: ClientSecretReplace,
  replies: { 200: ServiceAccountCreated },
  errors: ['service_account_not_found', 'service_account_managed'],
  handle: ({ params, body, db, principal, now }) =>
    db.transaction().execute(async (tx) => {
      const before = await lockServiceAccount(tx, params.id);
      assertNotManaged(before);
      assertHolds(principal, before.scopes);
      const secret = createClientSecret();
      const overlapEndsAt =
        body.overlapHours === 0
          ? null
          : new Date(now().getTime() + body.overlapHours * MS_PER_HOUR);
      const after = await replaceSecret(tx, before, { secret, overlapEndsAt });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'service_account.new_secret',
        subject: `service_account:${params.id}`,
        detail: {
          before: { secretPrefix: before.secret_prefix },
          after: { secretPrefix: after.secret_prefix },
          previousSecretUntil: overlapEndsAt?.toISOString() ?? null,
        },
      });
      return {
        status: 200,
        body: { ...toServiceAccount(after, now()), clientSecret: secret.secret },
      };
    }),
});
