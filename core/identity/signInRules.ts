import ipaddr from 'ipaddr.js';

/** How many tries to sign in there are, and how long somebody waits after them. */
export const SIGN_IN_RULES = {
  /** Tries of one name from one address, or from one browser that is known for it. */
  tries: 8,
  /** Tries from one address for whatever names, so that nobody tries one password on all of them. */
  triesOfAddress: 60,
  /** Seconds in which those tries are counted. */
  windowSeconds: 300,
  /** Seconds until the next try after the last one. */
  lockSeconds: 300,
  /** From this failure on each costs a pause, twice as long each time. */
  pauseFrom: 4,
} as const;

/** Seconds to wait after the nth failure: 1, 2, 4 and 8 after the fourth to seventh, none before. */
export function pauseSeconds(failures: number): number {
  const { pauseFrom } = SIGN_IN_RULES;
  return failures < pauseFrom ? 0 : 2 ** (failures - pauseFrom);
}

/** What counts as one address: an IPv4 address, or the 64 bits of an IPv6 address that one customer has at least. */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).map(hex).join('')}::/64`;
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
