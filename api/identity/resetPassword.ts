import { IdParams } from '../../core/contracts/idParams.ts';
import { OneTimePassword } from '../../core/contracts/identity.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { updateUser } from '../../db/queries/identity/users.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from './actor.ts';
import { createOneTimePassword } from './oneTimePassword.ts';

/** Gives a person a one-time password; their sessions end. */
export const resetPassword = defineRoute({
  method: 'post',
  path: '/api/v1/users/{id}/password',
  summary: 'Give a person a one-time password; their sessions end',
  tag: 'Identity',
  access: { scope: 'users:write' },
  params: IdParams,
  replies: { 200: OneTimePassword },
  errors: ['user_not_found', 'managed_by_provider'],
  handle: async ({ params, principal, db, now }) => {
    const made = await createOneTimePassword(now());
    await db.transaction().execute(async (tx) => {
      await updateUser(tx, params.id, {
        passwordHash: made.passwordHash,
        oneTimeUntil: made.until,
      });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'user.password_reset',
        subject: `user:${params.id}`,
        detail: { oneTimeUntil: made.until.toISOString() },
      });
    });
    return {
      status: 200,
      body: { oneTimePassword: made.password, oneTimeUntil: made.until.toISOString() },
    };
  },
});
