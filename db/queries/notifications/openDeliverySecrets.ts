import type { ChannelSecrets } from '../../../core/contracts/notification.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Database } from '../../connect.ts';
import { openSecrets } from './sealedSecrets.ts';

/**
 * The channel of a message that still has to be sent, with its secrets.
 *
 * @throws CostGuardError `notification_delivery_not_found` where the message is settled or gone, `key_unavailable`
 */
export async function openDeliverySecrets(
  db: Database,
  vault: Vault,
  deliveryId: string,
): Promise<{ channelId: string; secrets: ChannelSecrets }> {
  const row = await db
    .selectFrom('notification_deliveries as d')
    .innerJoin('notification_channels as c', 'c.id', 'd.channel_id')
    .select(['c.id', 'c.secret_sealed'])
    .where('d.id', '=', deliveryId)
    .where('d.status', '=', 'pending')
    .executeTakeFirst();
  if (row === undefined) throw notFound('notification_delivery_not_found');
  return { channelId: row.id, secrets: openSecrets(vault, row.id, row.secret_sealed) };
}
