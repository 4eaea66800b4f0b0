import type { Channel, ChannelPatch } from '../../core/contracts/notification.ts';

/** What of a channel stands in the audit log; it has no secrets. */
export function auditedChannel({ kind, name, enabled, host, smtp, route }: Channel) {
  return { kind, name, enabled, host, smtp, route };
}

/** The names of the secrets that a request replaces; the path of a webhook's address is one. */
export function replacedSecrets(patch: ChannelPatch): string[] {
  const { url, signingSecret, password } = patch;
  return Object.entries({ url, signingSecret, password })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
}
