import { IdParams } from '../../core/contracts/idParams.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { deleteCredential as removeCredential } from '../../db/queries/credentials/deleteCredential.ts';
import { credentialNotFound } from '../../db/queries/credentials/openCredential.ts';
import { getExistingConnection } from '../connections/getConnection.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { auditedCredential } from './auditedCredential.ts';

/** Deletes a credential; the provider's server then uses what it finds in its own environment. */
export const deleteCredential = defineRoute({
  method: 'delete',
  path: '/api/v1/connections/{id}/credential',
  summary: 'Delete the credential of a connection',
  tag: 'Credentials',
  access: { scope: 'credentials:write' },
  params: IdParams,
  replies: { 204: null },
  errors: ['connection_not_found', 'credential_not_found'],
  handle: ({ params, db, principal }) =>
    db.transaction().execute(async (tx) => {
      await getExistingConnection(tx, params.id);
      const before = await removeCredential(tx, params.id);
      if (before === undefined) throw credentialNotFound();
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'credential.delete',
        subject: `connection:${params.id}`,
        detail: { before: auditedCredential(before), after: null },
      });
      return { status: 204, body: undefined };
    }),
});
