import { z } from 'zod';
import { canonicalJson } from '../../core/canonicalJson.ts';
import { CostGuardError } from '../../core/errors.ts';
import { signManifest } from './backupKeys.ts';

const Unsigned = z.strictObject({
  version: z.literal(1),
  id: z.uuid(),
  /** When its snapshot of the database was taken. */
  at: z.iso.datetime(),
  /** What was dumped by what: `server_version_num`, and pg_dump's own words. */
  serverVersion: z.number().int(),
  tool: z.string(),
  /** The newest migration that had run. */
  migration: z.string(),
  /** The KEK that wrapped the data key, and the wrapped key in base64url. */
  kekId: z.string(),
  wrappedKey: z.string(),
  /** The KEKs without which the stored secrets in it do not open. */
  keks: z.array(z.string()),
  /** Of the encrypted file. */
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Rows by `schema.table`, in the same snapshot. */
  counts: z.record(z.string(), z.number().int().nonnegative()),
  /** The newest entry of the audit log, in the same snapshot. */
  audit: z.strictObject({ seq: z.number().int().nonnegative(), hash: z.string() }),
});

/** What a backup is and what must be found after it was restored; lies beside the dump, in the clear, signed. */
export const BackupManifest = Unsigned.extend({ signature: z.string().regex(/^[0-9a-f]{64}$/) });
export type BackupManifest = z.infer<typeof BackupManifest>;

/** Signs with the backup's key. */
export function toManifest(key: Buffer, unsigned: z.infer<typeof Unsigned>): BackupManifest {
  return { ...unsigned, signature: signManifest(key, canonicalJson(unsigned)) };
}

/** @throws CostGuardError `backup_unusable` where it was changed since it was signed */
export function assertSigned(key: Buffer, { signature, ...unsigned }: BackupManifest): void {
  if (signManifest(key, canonicalJson(unsigned)) === signature) return;
  throw new CostGuardError(
    'backup_unusable',
    'The manifest of the backup was changed after it was written. Take another backup.',
  );
}

/** @throws CostGuardError `backup_unusable` where it is none */
export function parseManifest(text: string): BackupManifest {
  try {
    return BackupManifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new CostGuardError(
      'backup_unusable',
      'The manifest of the backup cannot be read: it was cut off or changed, or a newer CostGuard wrote it. Take another backup, or this one with the version that made it.',
      { cause },
    );
  }
}
