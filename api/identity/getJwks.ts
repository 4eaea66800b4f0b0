import { z } from 'zod';
import { listPublicKeys } from '../../db/queries/identity/signingKeys.ts';
import { defineRoute } from '../http/route.ts';

const JwkSet = z
  .object({ keys: z.array(z.record(z.string(), z.unknown())) })
  .meta({ id: 'JwkSet', description: 'RFC 7517 key set' });

/** The public keys that verify our access tokens. */
export const getJwks = defineRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'Public keys of access tokens',
  tag: 'Identity',
  access: 'public',
  replies: { 200: JwkSet },
  handle: async ({ db }) => ({
    status: 200,
    headers: { 'Cache-Control': 'public, max-age=60' },
    body: { keys: (await listPublicKeys(db)).map((jwk) => ({ ...jwk })) },
  }),
});
