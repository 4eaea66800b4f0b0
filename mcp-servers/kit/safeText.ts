/**
 * A text that somebody else wrote, made safe to hand on: control and bidirectional formatting characters become spaces,
 * and it is cut at `charactersMax`. It stays data; nothing here interprets it.
 */
export function safeText(value: string, charactersMax: number): string {
  // Cc: controls; the ranges: marks that reorder text on screen.
  return value
    .replaceAll(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ')
    .slice(0, charactersMax);
}
