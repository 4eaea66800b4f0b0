/** A bell-shaped number with mean 0 and standard deviation 1, never beyond 3, that follows from the key alone. */
export function bell(key: string): number {
  return 2 * (uniform(`${key}#1`) + uniform(`${key}#2`) + uniform(`${key}#3`) - 1.5);
}

/**
 * A number in [0, 1) that follows from the key alone, so that the same demo day is the same on every machine: FNV-1a and
 * the finaliser of MurmurHash3, on 32-bit integers only.
 */
function uniform(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
