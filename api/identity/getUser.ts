import { IdParams } from '../../core/contracts/idParams.ts';
import { User } from '../../core/contracts/identity.ts';
import { getUser as read } from '../../db/queries/identity/users.ts';
import { defineRoute } from '../http/route.ts';

/** A person. */
export const getUser = defineRoute({
  method: 'get',
  path: '/api/v1/users/{id}',
  summary: 'Get a person',
  tag: 'Identity',
  access: { scope: 'users:read' },
  params: IdParams,
  replies: { 200: User },
  errors: ['user_not_found'],
  handle: async ({ params, db }) => ({ status: 200, body: await read(db, params.id) }),
});
