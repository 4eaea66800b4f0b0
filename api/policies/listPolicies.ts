import { PolicyListQuery, PolicyPage } from '../../core/contracts/policy.ts';
import { listPolicies as readPage } from '../../db/queries/policies/listPolicies.ts';
import { defineRoute } from '../http/route.ts';

/** A page of policies, by name. */
export const listPolicies = defineRoute({
  method: 'get',
  path: '/api/v1/policies',
  summary: 'List the policies for actions',
  tag: 'Policies',
  access: { scope: 'policies:read' },
  query: PolicyListQuery,
  replies: { 200: PolicyPage },
  handle: async ({ query, db }) => ({ status: 200, body: await readPage(db, query) }),
});
