import type { Database } from '../../connect.ts';
import { openEnvelope } from '../../vault/envelope.ts';
import type { Secrets } from '../../vault/loadSecrets.ts';
import { credentialContext, fromEnvelopeColumns } from '../credentials/credentialRow.ts';
import { signingKeyContext } from '../identity/signingKeys.ts';
import { channelSecretContext } from '../notifications/sealedSecrets.ts';
import { payloadKeyContext } from '../payloadKeys/payloadKeyRow.ts';

/** How many stored secrets opened, and which did not. */
export interface CheckedSecrets {
  opened: number;
  faults: string[];
}

/** Opens every credential, signing key, payload key and channel's secret, and forgets it at once. */
export async function checkSecrets(
  db: Database,
  { keyring, vault }: Secrets,
): Promise<CheckedSecrets> {
  const result: CheckedSecrets = { opened: 0, faults: [] };
  const check = async (what: string, open: () => Buffer | Promise<Buffer>) => {
    try {
      (await open()).fill(0);
      result.opened += 1;
    } catch {
      // Why is the same for all of them, and says nothing about the secret.
      result.faults.push(`${what} does not open with this key`);
    }
  };
  for (const row of await db.selectFrom('credentials').selectAll().execute())
    await check(`the credential of connection ${row.connection_id}`, () =>
      openEnvelope(keyring, fromEnvelopeColumns(row), credentialContext(row)),
    );
  for (const { kid, private_key_sealed: sealed } of await db
    .selectFrom('signing_keys')
    .select(['kid', 'private_key_sealed'])
    .execute())
    await check(`signing key ${kid}`, () => vault.open(sealed, signingKeyContext(kid)));
  for (const { id, sealed } of await db
    .selectFrom('payload_keys')
    .select(['id', 'sealed'])
    .execute())
    await check(`payload key ${id}`, () => vault.open(sealed, payloadKeyContext(id)));
  for (const { id, secret_sealed: sealed } of await db
    .selectFrom('notification_channels')
    .select(['id', 'secret_sealed'])
    .execute())
    await check(`the secret of channel ${id}`, () => vault.open(sealed, channelSecretContext(id)));
  return result;
}
