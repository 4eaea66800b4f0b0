import { Policy, PolicyCreate } from '../../core/contracts/policy.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { insertPolicy } from '../../db/queries/policies/insertPolicy.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { auditedPolicy } from './auditedPolicy.ts';

/** Adds a policy; it judges from now on, also what was approved and does not execute yet. */
export const createPolicy = defineRoute({
  method: 'post',
  path: '/api/v1/policies',
  summary: 'Add a policy for actions',
  tag: 'Policies',
  access: { scope: 'policies:write' },
  body: PolicyCreate,
  replies: { 201: Policy },
  errors: ['name_taken'],
  handle: ({ body, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const policy = await insertPolicy(tx, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'policy.create',
        subject: `policy:${policy.id}`,
        detail: { after: auditedPolicy(policy) },
      });
      return { status: 201, body: policy };
    }),
});
