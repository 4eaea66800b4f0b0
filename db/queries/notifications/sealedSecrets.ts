import type { ChannelSecrets } from '../../../core/contracts/notification.ts';
import type { Vault } from '../../vault/vault.ts';

/** The place of a channel's sealed secrets. */
export const channelSecretContext = (channelId: string) => `notification_channels:${channelId}`;

/** A channel's secrets as they are stored. */
export function sealSecrets(vault: Vault, channelId: string, secrets: ChannelSecrets): string {
  return vault.seal(Buffer.from(JSON.stringify(secrets)), channelSecretContext(channelId));
}

/** A channel's secrets. @throws CostGuardError `key_unavailable` */
export function openSecrets(vault: Vault, channelId: string, sealed: string): ChannelSecrets {
  return JSON.parse(
    vault.open(sealed, channelSecretContext(channelId)).toString(),
  ) as ChannelSecrets;
}
