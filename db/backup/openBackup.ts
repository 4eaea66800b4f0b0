import { createHash } from 'node:crypto';
import { CostGuardError } from '../../core/errors.ts';
import { type Keyring, unwrapKey } from '../vault/kek.ts';
import { backupKeyContext, deriveBackupKeys } from './backupKeys.ts';
import { DUMP_SUFFIX } from './backupNames.ts';
import { readManifest } from './listBackups.ts';
import { assertSigned, type BackupManifest } from './manifest.ts';
import { openDump } from './openDump.ts';
import type { BackupStorage } from './storage/backupStorage.ts';

/** A backup that was read once to its end and found whole. */
export interface OpenedBackup {
  manifest: BackupManifest;
  /** The dump in the clear; read anew from the storage, and checked again chunk by chunk. */
  read: () => Promise<AsyncIterable<Buffer>>;
}

/**
 * Unwraps the backup's key, checks its manifest's signature, and reads the whole dump: its checksum, its length, and the tag
 * of every chunk. Nothing is written anywhere.
 *
 * @throws CostGuardError `backup_not_found`, `backup_unusable`, `key_unavailable`, `backup_storage_unavailable`,
 *   `backup_storage_refused`
 */
export async function openBackup(
  storage: BackupStorage,
  keyring: Keyring,
  name: string,
): Promise<OpenedBackup> {
  const manifest = await readManifest(storage, name);
  const keys = deriveBackupKeys(await openDataKey(keyring, manifest), manifest.id);
  assertSigned(keys.manifest, manifest);
  const hash = createHash('sha256');
  let bytes = 0;
  const file = `${name}${DUMP_SUFFIX}`;
  const source: AsyncIterable<Buffer> = await storage.get(file);
  async function* metered() {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  await readToEnd(openDump(metered(), keys.dump));
  if (bytes !== manifest.bytes || hash.digest('hex') !== manifest.sha256)
    throw new CostGuardError(
      'backup_unusable',
      `${file} is not the file of its manifest: ${bytes} bytes instead of ${manifest.bytes}, or another checksum. Take another backup.`,
    );
  return {
    manifest,
    read: async () => openDump(await storage.get(file), keys.dump),
  };
}

async function readToEnd(stream: AsyncIterable<Buffer>): Promise<void> {
  const reader = stream[Symbol.asyncIterator]();
  while ((await reader.next()).done !== true);
}

async function openDataKey(keyring: Keyring, manifest: BackupManifest): Promise<Buffer> {
  const { id, kekId, wrappedKey } = manifest;
  if (!keyring.keks.some((kek) => kek.id === kekId))
    throw new CostGuardError(
      'key_unavailable',
      `The backup is encrypted for the key ${kekId}, and ${keyring.current.id} was given. Set BACKUP_KEY (or COSTGUARD_KEK, where backups are made without one) to the key of that time, or name it in BACKUP_KEY_PREVIOUS.`,
    );
  const wrapped = { kekId, bytes: Buffer.from(wrappedKey, 'base64url') };
  return unwrapKey(keyring, wrapped, backupKeyContext(id)).catch((cause: unknown) => {
    if (
      cause instanceof CostGuardError &&
      cause.code === 'key_unavailable' &&
      !kekId.startsWith('local:')
    )
      throw cause;
    throw new CostGuardError(
      'backup_unusable',
      'The manifest of the backup was changed after it was written: its key does not open. Take another backup.',
      { cause },
    );
  });
}
