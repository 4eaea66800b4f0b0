import type { Selectable } from 'kysely';
import { SERVICE_SCOPES } from '../../core/contracts/access.ts';
import {
  IdentityListQuery,
  ServiceAccountCreate,
  ServiceAccountCreated,
  ServiceAccountPage,
} from '../../core/contracts/identity.ts';
import { CostGuardError } from '../../core/errors.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { insertServiceAccount } from '../../db/queries/identity/insertServiceAccount.ts';
import { listServiceAccounts as readPage } from '../../db/queries/identity/listServiceAccounts.ts';
import { createClientSecret } from '../../db/queries/identity/saveServiceAccount.ts';
import type { ServiceAccounts } from '../../db/schema.gen.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from './actor.ts';

/** A page of service accounts, by name. */
export const listServiceAccounts = defineRoute({
  method: 'get',
  path: '/api/v1/service-accounts',
  summary: 'List service accounts',
  tag: 'Identity',
  access: { scope: 'users:read' },
  query: IdentityListQuery,
  replies: { 200: ServiceAccountPage },
  handle: async ({ query, db }) => {
    const page = await readPage(db, query);
    return { status: 200, body: { ...page, items: page.items.map(toServiceAccount) } };
  },
});

/** Makes a service account and shows its secret once. */
export const createServiceAccount = defineRoute({
  method: 'post',
  path: '/api/v1/service-accounts',
  summary: 'Make a service account; its secret is shown only now',
  tag: 'Identity',
  access: { scope: 'users:write' },
  body: ServiceAccountCreate,
  replies: { 201: ServiceAccountCreated },
  errors: ['name_taken'],
  handle: async ({ body, db, principal }) => {
    const forPeople = body.scopes.findIndex((scope) => !SERVICE_SCOPES.includes(scope));
    if (forPeople >= 0) {
      throw new CostGuardError(
        'invalid_request',
        'Leave out the scopes that only people can hold.',
        {
          errors: [{ pointer: `/scopes/${forPeople}`, detail: 'can be held by people only' }],
        },
      );
    }
    const secret = createClientSecret();
    return db.transaction().execute(async (tx) => {
      const row = await insertServiceAccount(tx, { name: body.name, scopes: body.scopes, secret });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'service_account.create',
        subject: `service_account:${row.id}`,
        detail: { name: row.name, scopes: row.scopes },
      });
      return {
        status: 201,
        body: { ...toServiceAccount(row), clientSecret: secret.secret },
      };
    });
  },
});

function toServiceAccount(row: Selectable<ServiceAccounts>) {
  return {
    id: row.id,
    name: row.name,
    clientId: row.client_id,
    secretPrefix: row.secret_prefix,
    scopes: row.scopes,
    enabled: row.enabled,
    createdAt: row.created_at.toISOString(),
  };
}
