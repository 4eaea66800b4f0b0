import { CostGuardError } from '../../core/errors.ts';
import { decrypt, encrypt } from './localKek.ts';

/** Seals secrets for the database; `context` names the table and row, and a value opens only in the same place. */
export interface Vault {
  seal: (plain: Buffer, context: string) => string;
  /** @throws CostGuardError `key_unavailable` when the key is not the one that sealed, or the value was moved or changed */
  open: (sealed: string, context: string) => Buffer;
}

interface VaultOptions {
  /** Name of the data key, kept with each value. */
  keyId?: string;
  /** KEKs that sealed values themselves (form `v1`) before there were data keys. */
  legacyKeys?: readonly Buffer[];
}

/** AES-256-GCM by one data key, with a fresh 96-bit nonce; the context is additional data. */
export function createVault(
  key: Buffer,
  { keyId = 'local', legacyKeys = [] }: VaultOptions = {},
): Vault {
  const place = (context: string) => `v2:${keyId}:${context}`;
  const openAny = (sealed: string, context: string): Buffer => {
    const [version, ...parts] = sealed.split('.');
    if (version === 'v2' && parts.length === 2 && parts[0] === keyId)
      return decrypt(key, Buffer.from(parts[1] ?? '', 'base64url'), place(context));
    if (version === 'v1' && parts.length === 1)
      return openLegacy(legacyKeys, Buffer.from(parts[0] ?? '', 'base64url'), context);
    throw new TypeError('unknown form or data key');
  };
  return {
    seal: (plain, context) =>
      `v2.${keyId}.${encrypt(key, plain, place(context)).toString('base64url')}`,
    open: (sealed, context) => {
      try {
        return openAny(sealed, context);
      } catch (cause) {
        throw new CostGuardError(
          'key_unavailable',
          'A stored secret cannot be opened. Start with the KEK that this database was set up with (COSTGUARD_KEK, or the kek file in COSTGUARD_HOME); name an earlier one in COSTGUARD_KEK_PREVIOUS.',
          { cause },
        );
      }
    },
  };
}

function openLegacy(keys: readonly Buffer[], bytes: Buffer, context: string): Buffer {
  let reason: unknown = new TypeError('no local KEK is known');
  for (const key of keys) {
    try {
      return decrypt(key, bytes, context);
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}
