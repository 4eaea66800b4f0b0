import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { CostGuardError } from '../../core/errors.ts';
import type { Kek } from './kek.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with `key` (32 bytes, from the environment or a file); a fresh 96-bit nonce each time, the context as additional data. */
export function createLocalKek(key: Buffer): Kek {
  const id = `local:${fingerprint(key)}`;
  return {
    id,
    wrap: (plain, context) => Promise.resolve({ kekId: id, bytes: encrypt(key, plain, context) }),
    unwrap: ({ bytes }, context) => {
      try {
        return Promise.resolve(decrypt(key, bytes, context));
      } catch (cause) {
        return Promise.reject(
          new CostGuardError(
            'key_unavailable',
            `A data key cannot be unwrapped by the KEK ${id}: it was changed, or moved from another row. Restore it from a backup, or store the secret again.`,
            { cause },
          ),
        );
      }
    },
  };
}

/** nonce, tag and text, for {@link decrypt}. */
export function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws Error for another key or context, or bytes that were changed or cut */
export function decrypt(key: Buffer, bytes: Buffer, context: string): Buffer {
  // Without the length Node takes a tag of four bytes as well, which can be guessed.
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([
    decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
    decipher.final(),
  ]);
}

/** Recognises a key: 64 bits of an HMAC, from which nothing of the key follows. */
const fingerprint = (key: Buffer): string =>
  createHmac('sha256', key).update('costguard kek id').digest('hex').slice(0, 16);
