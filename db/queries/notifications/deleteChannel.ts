import type { Channel } from '../../../core/contracts/notification.ts';
import type { Database } from '../../connect.ts';
import { getChannel } from './getChannel.ts';

/** Deletes a channel with its log and returns what it was. @throws CostGuardError `notification_channel_not_found` */
export async function deleteChannel(tx: Database, id: string): Promise<Channel> {
  const channel = await getChannel(tx, id);
  await tx.deleteFrom('notification_channels').where('id', '=', id).execute();
  return channel;
}
