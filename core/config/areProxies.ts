import ipaddr from 'ipaddr.js';

const NAMED = ['loopback', 'linklocal', 'uniquelocal'];

/** Whether a text is a comma-separated list of addresses, ranges, and the names that Express knows for some of them. */
export function areProxies(text: string): boolean {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .every((entry) => NAMED.includes(entry) || ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry));
}
