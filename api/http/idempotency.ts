import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Request } from 'express';
import { canonicalJson } from '../../core/canonicalJson.ts';
import { CostGuardError } from '../../core/errors.ts';
import type { Database } from '../../db/connect.ts';
import { claimIdempotencyKey } from '../../db/queries/identity/claimIdempotencyKey.ts';
import { releaseIdempotencyKey } from '../../db/queries/identity/releaseIdempotencyKey.ts';
import { storeIdempotentReply } from '../../db/queries/identity/storeIdempotentReply.ts';
import type { Principal } from '../identity/principal.ts';
import type { AnyReply } from './mountRoutes.ts';
import type { Route } from './route.ts';

const KEY = /^[\w.:-]{1,200}$/;

/**
 * Runs a write once for each `Idempotency-Key` of a caller: the same key with the same request answers what was answered
 * before. Without the header the write just runs.
 *
 * @throws CostGuardError `idempotency_key_reused` for another request, or while the first is still running
 * @see draft-ietf-httpapi-idempotency-key-header
 */
export async function withIdempotency(
  db: Database,
  principal: Principal,
  route: Route,
  req: Request,
  body: unknown,
  handle: () => Promise<AnyReply | undefined>,
): Promise<AnyReply | undefined> {
  const key = req.header('idempotency-key');
  if (key === undefined) return handle();
  if (!KEY.test(key)) {
    throw new CostGuardError(
      'invalid_request',
      'Send an Idempotency-Key of 1 to 200 letters, digits, dots, dashes or colons.',
      {
        errors: [{ pointer: 'Idempotency-Key', detail: 'has characters that are not allowed' }],
      },
    );
  }
  const operation = `${route.method} ${req.path}`;
  const requestHash = bytesToHex(sha256(utf8ToBytes(canonicalJson(body ?? null))));
  const claim = await claimIdempotencyKey(db, {
    principalId: principal.id,
    key,
    operation,
    requestHash,
  });
  if (claim.kind === 'replay') return { status: claim.status, body: claim.body } as AnyReply;
  if (claim.kind === 'conflict') {
    throw new CostGuardError(
      'idempotency_key_reused',
      'Use a new Idempotency-Key for a new request.',
    );
  }
  try {
    const reply = await handle();
    if (reply !== undefined) {
      await storeIdempotentReply(db, principal.id, key, reply.status, reply.body ?? null);
    }
    return reply;
  } catch (error) {
    // A refused request changed nothing, so the key may be used for the corrected one.
    await releaseIdempotencyKey(db, principal.id, key);
    throw error;
  }
}
