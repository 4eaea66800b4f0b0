import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Request } from 'express';
import { canonicalJson } from '../../core/canonicalJson.ts';
import { CostGuardError } from '../../core/errors.ts';
import { claimIdempotencyKey } from '../../db/queries/identity/claimIdempotencyKey.ts';
import { releaseIdempotencyKey } from '../../db/queries/identity/releaseIdempotencyKey.ts';
import { storeIdempotentReply } from '../../db/queries/identity/storeIdempotentReply.ts';
import type { Principal } from '../identity/principal.ts';
import type { Services } from '../services.ts';
import type { AnyReply } from './mountRoutes.ts';
import type { Route } from './route.ts';

const KEY = /^[\w.:-]{1,200}$/;

/**
 * Runs a write once for each `Idempotency-Key` of a caller: the same key with the same request answers what was answered
 * before. Without the header the write just runs.
 *
 * @throws CostGuardError `idempotency_key_reused` for another request, `idempotency_key_in_use` while the first is still
 * running
 * @see draft-ietf-httpapi-idempotency-key-header
 */
export async function withIdempotency(
  { db, vault, log }: Services,
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
  const claim = {
    principalId: principal.id,
    key,
    operation: `${route.method} ${req.path}`,
    requestHash: bytesToHex(sha256(utf8ToBytes(canonicalJson(body ?? null)))),
  };
  const found = await claimIdempotencyKey(db, vault, claim);
  switch (found.kind) {
    case 'replay':
      return { status: found.status, body: found.body };
    case 'running':
      throw new CostGuardError(
        'idempotency_key_in_use',
        'Send the same request again in a second; it will be answered like the first one.',
        { retryAfterMs: 1_000 },
      );
    case 'other':
      throw new CostGuardError(
        'idempotency_key_reused',
        'Use a new Idempotency-Key for a new request.',
      );
    case 'run':
  }
  const reply = await handle().catch(async (error: unknown) => {
    // A refused request changed nothing, so the key may be used for the corrected one.
    await releaseIdempotencyKey(db, principal.id, key);
    throw error;
  });
  if (reply !== undefined) {
    const stored = { status: reply.status, body: reply.body ?? null };
    // The write is done: to answer with an error would make the caller repeat it.
    await storeIdempotentReply(db, vault, claim, stored).catch((error: unknown) => {
      log.error({ err: error, key }, 'the reply to an idempotency key could not be kept');
    });
  }
  return reply;
}
