import { randomBytes } from 'node:crypto';
import { CostGuardError } from '../../core/errors.ts';
import { KEY_BYTES, type Keyring, unwrapKey, type WrappedKey } from './kek.ts';
import { decrypt, encrypt } from './localKek.ts';

/** A secret with a data key of its own, which a KEK wrapped. */
export interface Envelope {
  sealed: Buffer;
  wrapped: WrappedKey;
}

/**
 * Seals with a fresh data key by AES-256-GCM; `context` (table, row, version) is additional data of the body and, where the
 * KEK can, of the key.
 *
 * @throws CostGuardError `key_unavailable` when the KEK does not answer
 */
export async function sealEnvelope(
  { current }: Keyring,
  plain: Buffer,
  context: string,
): Promise<Envelope> {
  const key = randomBytes(KEY_BYTES);
  const wrapped = await current.wrap(key, context);
  const sealed = encrypt(key, plain, context);
  key.fill(0);
  return { sealed, wrapped };
}

/** @throws CostGuardError `key_unavailable` when the KEK is not known or away, or the row was changed, moved or swapped */
export async function openEnvelope(
  keyring: Keyring,
  { sealed, wrapped }: Envelope,
  context: string,
): Promise<Buffer> {
  const key = await unwrapKey(keyring, wrapped, context);
  try {
    return decrypt(key, sealed, context);
  } catch (cause) {
    throw new CostGuardError(
      'key_unavailable',
      'A stored credential cannot be opened: its row was changed, or moved from another one. Store the credential again.',
      { cause },
    );
  } finally {
    key.fill(0);
  }
}
