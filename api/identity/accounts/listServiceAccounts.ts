import { IdentityListQuery, ServiceAccountPage } from '../../../core/contracts/identity.ts';
import { listServiceAccounts as readPage } from '../../../db/queries/identity/listServiceAccounts.ts';
import { defineRoute } from '../../http/route.ts';
import { toServiceAccount } from './toServiceAccount.ts';

/** A page of service accounts, by name. */
export const listServiceAccounts = defineRoute({
  method: 'get',
  path: '/api/v1/service-accounts',
  summary: 'List service accounts',
  tag: 'Identity',
  access: { scope: 'users:read' },
  query: IdentityListQuery,
  replies: { 200: ServiceAccountPage },
  handle: async ({ query, db, now }) => {
    const page = await readPage(db, query);
    const items = page.items.map((row) => toServiceAccount(row, now()));
    return { status: 200, body: { ...page, items } };
  },
});
