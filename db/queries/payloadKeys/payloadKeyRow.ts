import type { PayloadKey } from '../../payloads/payloadKeys.ts';
import type { Vault } from '../../vault/vault.ts';

/** The place of a sealed payload key. */
export const payloadKeyContext = (id: string): string => `payload_keys:${id}`;

/** Opens a row. @throws CostGuardError `key_unavailable` when the vault's key is not the right one */
export const openPayloadKey = (vault: Vault, row: { id: string; sealed: string }): PayloadKey => ({
  id: row.id,
  key: vault.open(row.sealed, payloadKeyContext(row.id)),
});
