import type { Database } from '../../connect.ts';
import type { Vault } from '../../vault/vault.ts';
import { claimContext } from '../identity/claimIdempotencyKey.ts';
import { signingKeyContext } from '../identity/signingKeys.ts';
import { channelSecretContext } from '../notifications/sealedSecrets.ts';

const LEGACY = 'v1.%';

/**
 * Seals by the vault's data key what a KEK sealed itself, before there were data keys; at most `rowsMax` of each table.
 * Returns how many were done; 0 when none is left.
 *
 * @throws CostGuardError `key_unavailable` when the KEK that sealed is not known
 */
export async function resealLegacy(db: Database, vault: Vault, rowsMax: number): Promise<number> {
  const again = (sealed: string, context: string) =>
    vault.seal(vault.open(sealed, context), context);
  return db.transaction().execute(async (tx) => {
    const keys = await tx
      .selectFrom('signing_keys')
      .select(['kid', 'private_key_sealed'])
      .where('private_key_sealed', 'like', LEGACY)
      .limit(rowsMax)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const { kid, private_key_sealed: sealed } of keys)
      await tx
        .updateTable('signing_keys')
        .set({ private_key_sealed: again(sealed, signingKeyContext(kid)) })
        .where('kid', '=', kid)
        .execute();
    const channels = await tx
      .selectFrom('notification_channels')
      .select(['id', 'secret_sealed'])
      .where('secret_sealed', 'like', LEGACY)
      .limit(rowsMax)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const { id, secret_sealed: sealed } of channels)
      await tx
        .updateTable('notification_channels')
        .set({ secret_sealed: again(sealed, channelSecretContext(id)) })
        .where('id', '=', id)
        .execute();
    return keys.length + channels.length + (await resealReplies(tx, again, rowsMax));
  });
}

async function resealReplies(
  tx: Database,
  again: (sealed: string, context: string) => string,
  rowsMax: number,
): Promise<number> {
  const rows = await tx
    .selectFrom('idempotency_keys')
    .select(['principal_id', 'key', 'request_hash', 'reply_body'])
    .where('request_hash', 'like', LEGACY)
    .limit(rowsMax)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const row of rows) {
    const context = claimContext({ principalId: row.principal_id, key: row.key });
    const reply = row.reply_body;
    await tx
      .updateTable('idempotency_keys')
      .set({
        request_hash: again(row.request_hash, context),
        ...(typeof reply === 'string' && { reply_body: JSON.stringify(again(reply, context)) }),
      })
      .where('principal_id', '=', row.principal_id)
      .where('key', '=', row.key)
      .execute();
  }
  return rows.length;
}
