import { CredentialList } from '../../core/contracts/credential.ts';
import { listCredentials as readCredentials } from '../../db/queries/credentials/findCredential.ts';
import { defineRoute } from '../http/route.ts';

/** All stored credentials, without their secrets. */
export const listCredentials = defineRoute({
  method: 'get',
  path: '/api/v1/credentials',
  summary: 'List stored credentials, without their secrets',
  tag: 'Credentials',
  access: { scope: 'credentials:write' },
  replies: { 200: CredentialList },
  handle: async ({ db }) => ({ status: 200, body: { items: await readCredentials(db) } }),
});
