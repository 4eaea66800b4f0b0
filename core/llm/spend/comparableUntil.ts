/** How far a connection's use is known. */
interface Source {
  /** How far the provider's report was read, a UTC instant; null where it never was. */
  pulledUntil: string | null;
  pushedUntil: string | null;
}

const HOUR_MS = 3_600_000;
/** A report that has not been read for so long has ended, and does not hold the others back. */
const LAG_HOURS_MAX = 48;

/**
 * The last full hour, as a UTC instant, up to which weeks can be compared: not after `to` and `now`, nor after what
 * the provider's report tells, unless that has stood still for two days or calls are pushed past it.
 */
export function comparableUntil(
  sources: readonly Source[],
  { to, now }: { to: string; now: string },
): string {
  const end = Math.min(Date.parse(to), Date.parse(now));
  const known = sources
    .filter(({ pulledUntil }) => pulledUntil !== null)
    .map(({ pulledUntil, pushedUntil }) =>
      Math.max(Date.parse(pulledUntil ?? ''), pushedUntil === null ? 0 : Date.parse(pushedUntil)),
    )
    .filter((until) => until >= end - LAG_HOURS_MAX * HOUR_MS);
  const until = Math.min(end, ...known);
  return new Date(Math.floor(until / HOUR_MS) * HOUR_MS).toISOString();
}
