import ipaddr from 'ipaddr.js';

/**
 * Whether an IP address, as text, is one of the public internet. Private, loopback, link-local (cloud metadata), shared,
 * multicast and reserved ranges are not, also where an IPv6 form carries such an IPv4 address; text that is no address
 * is not either.
 */
export function isPublicAddress(address: string): boolean {
  // process() unwraps ::ffff:10.0.0.1; the other forms that carry an IPv4 address have ranges of their own.
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}
