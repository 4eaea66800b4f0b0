import type { Keyring } from '../vault/kek.ts';
import { createLocalKek } from '../vault/localKek.ts';
import { type KekEnv, openKeyring } from '../vault/openKeyring.ts';

/** The variables that say which keys open backups. */
export interface BackupKeyEnv extends KekEnv {
  BACKUP_KEY?: string | undefined;
  BACKUP_KEY_PREVIOUS?: string | undefined;
}

/**
 * What wraps the data keys of backups: BACKUP_KEY where it is set, so that who makes backups needs no key that opens stored
 * secrets; else the KEK. Every other key that is known still opens.
 *
 * @throws CostGuardError `key_unavailable` where there is neither
 */
export async function openBackupKeyring(env: BackupKeyEnv): Promise<Keyring> {
  const { BACKUP_KEY: key, BACKUP_KEY_PREVIOUS: previous = '' } = env;
  if (key === undefined) return openKeyring(env, { create: false });
  const own = [key, ...previous.split(',').filter((text) => text.trim() !== '')].map((text) =>
    createLocalKek(Buffer.from(text.trim(), 'base64url')),
  );
  // A backup from before there was a BACKUP_KEY; where there is no KEK either, only that one does not open.
  const keks = await openKeyring(env, { create: false }).then(
    (keyring) => keyring.keks,
    () => [],
  );
  return {
    current: own[0] ?? createLocalKek(Buffer.from(key, 'base64url')),
    keks: [...own, ...keks],
    legacyKeys: [],
  };
}
