const DAY_MS = 86_400_000;

/** The UTC day of an instant, YYYY-MM-DD. */
export function utcDay(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** The UTC day `count` days after `day` (before, where negative). */
export function addDays(day: string, count: number): string {
  return utcDay(new Date(Date.parse(day) + count * DAY_MS));
}

/** How many days from `from` to `to`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}
