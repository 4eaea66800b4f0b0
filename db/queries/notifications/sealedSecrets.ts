import type { ChannelSecrets } from '../../../core/notifications/channelSettings.ts';
import type { Vault } from '../../vault/vault.ts';

const context = (channelId: string) => `notification_channels:${channelId}`;

/** A channel's secrets as they are stored. */
export function sealSecrets(vault: Vault, channelId: string, secrets: ChannelSecrets): string {
  return vault.seal(Buffer.from(JSON.stringify(secrets)), context(channelId));
}

/** A channel's secrets. @throws CostGuardError `key_unavailable` */
export function openSecrets(vault: Vault, channelId: string, sealed: string): ChannelSecrets {
  return JSON.parse(vault.open(sealed, context(channelId)).toString()) as ChannelSecrets;
}
