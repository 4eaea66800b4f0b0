const DAY_MS = 86_400_000;

/** The UTC day of an instant, YYYY-MM-DD. */
export const toDay = (instant: Date): string => instant.toISOString().slice(0, 10);

/** A day so many days later, or earlier for a negative count. */
export const addDays = (day: string, count: number): string =>
  toDay(new Date(Date.parse(day) + count * DAY_MS));

/** The first day of the month that lies so many months before the day's own. */
export function monthsBefore(day: string, count: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return toDay(new Date(Date.UTC(year, month - 1 - count, 1)));
}

/** The first day of the month after the day's. */
export const nextMonth = (day: string): string => monthsBefore(day, -1);
