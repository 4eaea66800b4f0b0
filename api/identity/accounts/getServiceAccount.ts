import { ServiceAccount } from '../../../core/contracts/identity.ts';
import { IdParams } from '../../../core/contracts/idParams.ts';
import { getServiceAccountById } from '../../../db/queries/identity/getServiceAccountById.ts';
import { defineRoute } from '../../http/route.ts';
import { toServiceAccount } from './toServiceAccount.ts';

/** One service account. */
export const getServiceAccount = defineRoute({
  method: 'get',
  path: '/api/v1/service-accounts/{id}',
  summary: 'Read a service account',
  tag: 'Identity',
  access: { scope: 'users:read' },
  params: IdParams,
  replies: { 200: ServiceAccount },
  errors: ['service_account_not_found'],
  handle: async ({ params, db, now }) => ({
    status: 200,
    body: toServiceAccount(await getServiceAccountById(db, params.id), now()),
  }),
});
