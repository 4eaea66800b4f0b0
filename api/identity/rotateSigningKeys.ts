import { z } from 'zod';
import { KeyRotation } from '../../core/contracts/signingKey.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { rotateSigningKey, rotationEntry } from '../../db/queries/identity/rotateSigningKey.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from './actor.ts';

/**
 * Replaces the signing key where it is KEY_ROTATION_DAYS old. Whoever asks can only have done what is due: neither when nor
 * how is theirs to choose, and the private key never leaves the API.
 */
export const rotateSigningKeys = defineRoute({
  method: 'post',
  path: '/api/v1/signing-keys/rotate-due',
  summary: 'Replace the key that signs access tokens, where it is due',
  tag: 'Identity',
  access: { scope: 'maintenance:run' },
  body: z.strictObject({}),
  replies: { 200: KeyRotation },
  handle: ({ db, env, principal, vault }) =>
    db.transaction().execute(async (tx) => {
      const rotation = await rotateSigningKey(tx, vault, { olderThanDays: env.KEY_ROTATION_DAYS });
      if (rotation === undefined) {
        return { status: 200 as const, body: { rotated: false, kid: null, signsFrom: null } };
      }
      await appendAudit(tx, { ...actorOf(principal), ...rotationEntry(rotation, false) });
      const { kid, signsFrom } = rotation;
      return {
        status: 200 as const,
        body: { rotated: true, kid, signsFrom: signsFrom.toISOString() },
      };
    }),
});
