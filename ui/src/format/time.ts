/** A UTC day, YYYY-MM-DD, in the reader's language. */
export function formatDay(day: string): string {
  return new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`));
}

/** The start of a point of a chart: a UTC day, or an instant in UTC to the minute. */
export function formatPoint(time: string): string {
  if (time.length === 10) return formatDay(time);
  return new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  }).format(new Date(time));
}

/** An instant in the reader's time zone, to the second. */
export function formatInstant(instant: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(
    new Date(instant),
  );
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** How far an instant is from `now`: `in 3 hours`, `5 minutes ago`. */
export function formatRelative(instant: string, now: number): string {
  const distance = Date.parse(instant) - now;
  const [unit, ms] = UNITS.find(([, size]) => Math.abs(distance) >= size) ?? UNITS[3];
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(
    Math.trunc(distance / ms),
    unit,
  );
}

/** How long something took or takes, in its largest unit: `12 sec`, `3 min`, `< 1 sec`. */
export function formatDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= length) ?? UNITS[3];
  const format = new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'short' });
  return ms < size ? `< ${format.format(1)}` : format.format(Math.floor(ms / size));
}

/** The UTC day `count` days after `day`. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10);
}

/** Today's UTC day. */
export const today = (): string => new Date().toISOString().slice(0, 10);
