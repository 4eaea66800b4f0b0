import type { Channel, ChannelPatch } from '../../../core/contracts/notification.ts';
import { notFound } from '../../../core/notFound.ts';
import {
  type ChannelConfig,
  channelSettings,
  type ChannelTarget,
} from '../../../core/notifications/channelSettings.ts';
import type { Database } from '../../connect.ts';
import { isUniqueViolation } from '../../isUniqueViolation.ts';
import type { Vault } from '../../vault/vault.ts';
import { getChannel } from './getChannel.ts';
import { channelNameTaken } from './insertChannel.ts';
import { openSecrets, sealSecrets } from './sealedSecrets.ts';

/**
 * Changes a channel and returns it before and after; secrets that the patch leaves out stay.
 *
 * @throws CostGuardError `notification_channel_not_found`, `name_taken`, `invalid_request` for what its kind does not have
 */
export async function updateChannel(
  tx: Database,
  { vault, privateHosts }: { vault: Vault; privateHosts: ReadonlySet<string> },
  id: string,
  patch: ChannelPatch,
): Promise<{ before: Channel; after: Channel }> {
  const row = await tx
    .selectFrom('notification_channels')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw notFound('notification_channel_not_found');
  const before = await getChannel(tx, id);
  await tx
    .updateTable('notification_channels')
    .set({
      name: patch.name ?? row.name,
      enabled: patch.enabled ?? row.enabled,
      route: JSON.stringify(patch.route ?? row.route),
      ...changedTarget(),
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .execute()
    .catch((error: unknown) => {
      // Asking first would miss a name that another transaction takes meanwhile.
      throw isUniqueViolation(error) ? channelNameTaken() : error;
    });
  return { before, after: await getChannel(tx, id) };

  function changedTarget() {
    if (row === undefined || !changesTarget(patch)) return {};
    const { config, secrets } = channelSettings(before.kind, patch, privateHosts, {
      config: row.config as unknown as ChannelConfig,
      secrets: openSecrets(vault, id, row.secret_sealed),
    });
    return {
      config: JSON.stringify(config),
      secret_sealed: sealSecrets(vault, id, secrets),
    };
  }
}

const changesTarget = ({ url, signingSecret, smtp, password }: ChannelTarget): boolean =>
  [url, signingSecret, smtp, password].some((field) => field !== undefined);

// SQLSTATE unique_violation; the name is the only unique column that changes.
