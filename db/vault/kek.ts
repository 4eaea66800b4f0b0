import { CostGuardError } from '../../core/errors.ts';

/** A data key as a KEK wrapped it: safe to store, useless without that KEK. */
export interface WrappedKey {
  /** The KEK's {@link Kek.id}. */
  kekId: string;
  bytes: Buffer;
}

/**
 * A key encryption key: wraps data keys of 32 bytes and never leaves its place. `context` says what the data key is for; a
 * key that was wrapped for one context does not open in another, except at Azure, whose wrapping knows no context (there the
 * sealed body alone is bound to its row).
 */
export interface Kek {
  /** Names the key without revealing it, the same in every process: `local:…`, `aws-kms:…`, `gcp-kms:…`, `azure-key-vault:…`. */
  readonly id: string;
  /** @throws CostGuardError `key_unavailable` when the key service refuses or is away */
  wrap: (key: Buffer, context: string) => Promise<WrappedKey>;
  /** @throws CostGuardError `key_unavailable` when it is not this KEK's, was changed, or the key service refuses or is away */
  unwrap: (wrapped: WrappedKey, context: string) => Promise<Buffer>;
}

/** The KEK that wraps, and the earlier ones that still unwrap. */
export interface Keyring {
  current: Kek;
  /** Every KEK that is known, the current one first. */
  keks: readonly Kek[];
  /** KEKs that sealed values themselves before there were data keys; raw, 32 bytes. */
  legacyKeys: readonly Buffer[];
}

/** Bytes of a data key and of a local KEK. */
export const KEY_BYTES = 32;

/**
 * The data key, by whichever known KEK wrapped it.
 *
 * @throws CostGuardError `key_unavailable`, which names the KEK that is needed when it is not known
 */
export async function unwrapKey(
  { keks, current }: Keyring,
  wrapped: WrappedKey,
  context: string,
): Promise<Buffer> {
  const kek = keks.find(({ id }) => id === wrapped.kekId);
  if (kek === undefined) throw kekUnknown(wrapped.kekId, current.id);
  const key = await kek.unwrap(wrapped, context);
  if (key.length === KEY_BYTES) return key;
  throw new CostGuardError(
    'key_unavailable',
    `The KEK ${kek.id} gave back a data key of a wrong length; restore the database and the key from the same backup.`,
  );
}

/** The answer to a stored secret whose KEK is not among those of this process. */
export function kekUnknown(needed: string, given: string): CostGuardError {
  return new CostGuardError(
    'key_unavailable',
    `Stored secrets are wrapped by the KEK ${needed}, and this process has ${given}. Start with the KEK that this database was set up with (COSTGUARD_KEK, the kek file in COSTGUARD_HOME, or COSTGUARD_KEK_PROVIDER with COSTGUARD_KEK_KEY); to change it, name the old one in COSTGUARD_KEK_PREVIOUS and run "costguard rewrap".`,
  );
}
