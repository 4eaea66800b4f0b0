import { IdParams } from '../../core/contracts/idParams.ts';
import { Policy, PolicyPatch } from '../../core/contracts/policy.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { updatePolicy } from '../../db/queries/policies/updatePolicy.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { auditedPolicy } from './auditedPolicy.ts';

/** Changes a policy. What was planned under the old one has to be proposed again. */
export const patchPolicy = defineRoute({
  method: 'patch',
  path: '/api/v1/policies/{id}',
  summary: 'Change a policy for actions',
  tag: 'Policies',
  access: { scope: 'policies:write' },
  params: IdParams,
  body: PolicyPatch,
  replies: { 200: Policy },
  errors: ['policy_not_found', 'name_taken'],
  handle: ({ params, body, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const { before, after } = await updatePolicy(tx, params.id, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'policy.change',
        subject: `policy:${params.id}`,
        detail: { before: auditedPolicy(before), after: auditedPolicy(after) },
      });
      return { status: 200, body: after };
    }),
});
