const DELAY_MAX_MS = 6 * 3_600_000;

/**
 * The milliseconds that a `Retry-After` header asks for, from seconds or a date, at most six hours so that a day holds
 * several tries; undefined where it says nothing.
 *
 * @see RFC 9110 section 10.2.3
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const delay = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(delay, 0), DELAY_MAX_MS);
}
