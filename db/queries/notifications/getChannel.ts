import type { Channel } from '../../../core/contracts/notification.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { fromChannelRow, selectChannels } from './channelRow.ts';

/** One channel. @throws CostGuardError `notification_channel_not_found` */
export async function getChannel(db: Database, id: string): Promise<Channel> {
  const row = await selectChannels(db).where('c.id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('notification_channel_not_found');
  return fromChannelRow(row);
}
