/**
 * The hosts that messages may go to although they are private, from NOTIFY_PRIVATE_HOSTS: names and addresses, lower
 * case, compared with what a channel's address is written as.
 */
export function parsePrivateHosts(text: string | undefined): ReadonlySet<string> {
  const hosts = (text ?? '').split(',').map((host) => host.trim().toLowerCase());
  return new Set(hosts.filter((host) => host !== '').map(bareHost));
}

/** A host as a URL writes it, without the brackets of an IPv6 address and the dot that ends a full name. */
export const bareHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
