import { text } from 'node:stream/consumers';
import { type BackupRetention, keepBackups } from '../../core/backup/keepBackups.ts';
import { DUMP_SUFFIX, findBackupTime, MANIFEST_SUFFIX } from './backupNames.ts';
import { type BackupManifest, parseManifest } from './manifest.ts';
import type { BackupStorage } from './storage/backupStorage.ts';

/** A backup that lies in the storage, whole as far as the names tell. */
export interface StoredBackup {
  name: string;
  at: Date;
}

const ORPHAN_AGE_MS = 86_400_000;

/** Newest first. */
export async function listBackups(storage: BackupStorage): Promise<StoredBackup[]> {
  const files = new Set(await storage.list());
  return [...files]
    .flatMap((file) => {
      const name = file.slice(0, -MANIFEST_SUFFIX.length);
      const at = file.endsWith(MANIFEST_SUFFIX) ? findBackupTime(name) : undefined;
      return at === undefined || !files.has(`${name}${DUMP_SUFFIX}`) ? [] : [{ name, at }];
    })
    .sort((a, b) => b.name.localeCompare(a.name));
}

/** What the manifest of a backup says. Its signature is not checked: that takes the key. @throws CostGuardError `backup_not_found`, `backup_unusable` */
export async function readManifest(storage: BackupStorage, name: string): Promise<BackupManifest> {
  return parseManifest(await text(await storage.get(`${name}${MANIFEST_SUFFIX}`)));
}

/**
 * Removes the backups that no rule keeps, and dumps a day old that have no manifest: what made them was killed. Returns the
 * names of the backups.
 */
export async function removeOldBackups(
  storage: BackupStorage,
  retention: BackupRetention,
  now: Date,
): Promise<string[]> {
  const backups = await listBackups(storage);
  const { removed } = keepBackups(backups, retention);
  for (const { name } of removed) {
    // The manifest first: a dump without one is no backup, the other way round it would look like a lost one.
    await storage.remove(`${name}${MANIFEST_SUFFIX}`);
    await storage.remove(`${name}${DUMP_SUFFIX}`);
  }
  const whole = new Set(backups.map(({ name }) => name));
  for (const file of await storage.list()) {
    const name = file.endsWith(DUMP_SUFFIX) ? file.slice(0, -DUMP_SUFFIX.length) : '';
    const at = findBackupTime(name);
    if (at !== undefined && !whole.has(name) && now.getTime() - at.getTime() > ORPHAN_AGE_MS)
      await storage.remove(file);
  }
  return removed.map(({ name }) => name);
}
