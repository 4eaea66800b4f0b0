import { Credential } from '../../core/contracts/credential.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { findCredential } from '../../db/queries/credentials/findCredential.ts';
import { credentialNotFound } from '../../db/queries/credentials/openCredential.ts';
import { getExistingConnection } from '../connections/getConnection.ts';
import { defineRoute } from '../http/route.ts';

/** What may be known of a connection's credential; never the secret. */
export const getCredential = defineRoute({
  method: 'get',
  path: '/api/v1/connections/{id}/credential',
  summary: 'See which credential a connection has, without its secret',
  tag: 'Credentials',
  access: { scope: 'credentials:write' },
  params: IdParams,
  replies: { 200: Credential },
  errors: ['connection_not_found', 'credential_not_found'],
  handle: async ({ params, db }) => {
    await getExistingConnection(db, params.id);
    const credential = await findCredential(db, params.id);
    if (credential === undefined) throw credentialNotFound();
    return { status: 200, body: credential };
  },
});
