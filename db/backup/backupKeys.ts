import { createHmac, hkdfSync } from 'node:crypto';

/** The keys of one backup, both derived from its random data key. */
export interface BackupKeys {
  /** Encrypts the dump (AES-256). */
  dump: Buffer;
  /** Signs the manifest, so that its counts and checksum cannot be exchanged. */
  manifest: Buffer;
}

/** Derives them (HKDF-SHA-256, RFC 5869); `id` is the backup's. */
export function deriveBackupKeys(dataKey: Buffer, id: string): BackupKeys {
  const derive = (use: string) =>
    Buffer.from(hkdfSync('sha256', dataKey, id, `costguard backup v1 ${use}`, 32));
  return { dump: derive('dump'), manifest: derive('manifest') };
}

/** The place of a backup's data key. */
export const backupKeyContext = (id: string): string => `backup:${id}`;

/** HMAC-SHA-256 of a manifest's text, in hexadecimal. */
export const signManifest = (key: Buffer, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex');
