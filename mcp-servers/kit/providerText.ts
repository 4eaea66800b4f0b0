const CHARACTERS_MAX = 512;

/**
 * A name that somebody else chose (resource, tag, account), made safe to hand on: control and bidirectional formatting
 * characters become spaces, and it is cut at 512 characters. It stays data; nothing here interprets it.
 */
export function providerText(value: string): string {
  // Cc: controls; the ranges: marks that reorder text on screen.
  return value
    .replaceAll(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ')
    .slice(0, CHARACTERS_MAX);
}
