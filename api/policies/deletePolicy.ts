import { IdParams } from '../../core/contracts/idParams.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deletePolicy as remove } from '../../db/queries/policies/deletePolicy.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { auditedPolicy } from './auditedPolicy.ts';

/** Deletes a policy; the audit log keeps what it was. */
export const deletePolicy = defineRoute({
  method: 'delete',
  path: '/api/v1/policies/{id}',
  summary: 'Delete a policy for actions',
  tag: 'Policies',
  access: { scope: 'policies:write' },
  params: IdParams,
  replies: { 204: null },
  errors: ['policy_not_found'],
  handle: ({ params, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const policy = await remove(tx, params.id);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'policy.delete',
        subject: `policy:${params.id}`,
        detail: { before: auditedPolicy(policy) },
      });
      return { status: 204, body: undefined };
    }),
});
