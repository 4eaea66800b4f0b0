import { IdParams } from '../../core/contracts/idParams.ts';
import { Policy } from '../../core/contracts/policy.ts';
import { notFound } from '../../core/notFound.ts';
import { findPolicy } from '../../db/queries/policies/findPolicy.ts';
import { defineRoute } from '../http/route.ts';

/** One policy. */
export const getPolicy = defineRoute({
  method: 'get',
  path: '/api/v1/policies/{id}',
  summary: 'Get a policy for actions',
  tag: 'Policies',
  access: { scope: 'policies:read' },
  params: IdParams,
  replies: { 200: Policy },
  errors: ['policy_not_found'],
  handle: async ({ params, db }) => {
    const policy = await findPolicy(db, params.id);
    if (policy === undefined) throw notFound('policy_not_found');
    return { status: 200, body: policy };
  },
});
