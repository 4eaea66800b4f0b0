import { randomUUID } from 'node:crypto';
import type { Channel, ChannelCreate } from '../../../core/contracts/notification.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { ChannelSettings } from '../../../core/notifications/channelSettings.ts';
import type { Database } from '../../connect.ts';
import type { Vault } from '../../vault/vault.ts';
import { getChannel } from './getChannel.ts';
import { sealSecrets } from './sealedSecrets.ts';

/** Adds a channel; its secrets are sealed. @throws CostGuardError `name_taken` */
export async function insertChannel(
  tx: Database,
  vault: Vault,
  create: ChannelCreate,
  { config, secrets }: ChannelSettings,
): Promise<Channel> {
  const id = randomUUID();
  const row = await tx
    .insertInto('notification_channels')
    .values({
      id,
      kind: create.kind,
      name: create.name,
      enabled: create.enabled,
      config: JSON.stringify(config),
      secret_sealed: sealSecrets(vault, id, secrets),
      route: JSON.stringify(create.route),
    })
    .onConflict((oc) => oc.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) throw channelNameTaken();
  return getChannel(tx, id);
}

/** The answer to a name that another channel has. */
export function channelNameTaken(): CostGuardError {
  return new CostGuardError('name_taken', 'Choose another name; a channel already has this one.', {
    errors: [{ pointer: '/name', detail: 'is already in use' }],
  });
}
