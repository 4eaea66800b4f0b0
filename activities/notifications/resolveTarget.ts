import type { LookupAddress } from 'node:dns';
import { CostGuardError } from '../../core/errors.ts';
import { isPublicAddress } from '../../core/notifications/isPublicAddress.ts';
import { bareHost } from '../../core/notifications/privateHosts.ts';

/** How names become addresses, and which hosts may be private. */
export interface Resolver {
  lookup: (host: string, options: { all: true }) => Promise<LookupAddress[]>;
  privateHosts: ReadonlySet<string>;
}

/**
 * The addresses of a host, each checked. Connect to one of these and to nothing else: a name may mean another address
 * the next time it is asked for.
 *
 * @throws CostGuardError `notification_address_refused` where one is private and the operator does not allow the host,
 * `notification_undelivered` where the name means nothing now
 */
export async function resolveTarget(resolver: Resolver, host: string): Promise<LookupAddress[]> {
  const name = bareHost(host);
  const addresses = await resolver.lookup(name, { all: true }).catch((cause: unknown) => {
    throw new CostGuardError(
      'notification_undelivered',
      `The name ${name} means nothing now; check it in the channel, and the name server.`,
      { cause },
    );
  });
  const isAllowed =
    resolver.privateHosts.has(name) || addresses.every(({ address }) => isPublicAddress(address));
  if (isAllowed && addresses.length > 0) return addresses;
  throw new CostGuardError(
    'notification_address_refused',
    `${name} is a private address. Correct the channel, or have the operator add ${name} to NOTIFY_PRIVATE_HOSTS.`,
  );
}
