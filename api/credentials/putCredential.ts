import { Credential, CredentialInput } from '../../core/contracts/credential.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { saveCredential } from '../../db/queries/credentials/saveCredential.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { auditedCredential } from './auditedCredential.ts';

/** Stores what CostGuard signs in with for a connection; it cannot be read back. */
export const putCredential = defineRoute({
  method: 'put',
  path: '/api/v1/connections/{id}/credential',
  summary: 'Store the credential of a connection, in place of the one before',
  tag: 'Credentials',
  access: { scope: 'credentials:write' },
  params: IdParams,
  body: CredentialInput,
  replies: { 200: Credential },
  errors: ['connection_not_found', 'credential_of_other_provider', 'key_unavailable'],
  handle: ({ params, body, db, keyring, principal }) =>
    db.transaction().execute(async (tx) => {
      const { before, after } = await saveCredential(tx, keyring, params.id, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'credential.store',
        subject: `connection:${params.id}`,
        detail: { before: auditedCredential(before), after: auditedCredential(after) },
      });
      return { status: 200, body: after };
    }),
});
