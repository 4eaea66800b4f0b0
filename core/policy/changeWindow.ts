import { type ChangeHours, WEEKDAYS } from '../contracts/policy.ts';
import { zoneOffsetMs } from './wallClock.ts';

/** When changes are allowed: hours on days of the week, as the clocks of a time zone show them. */
export interface ChangeWindow {
  timeZone: string;
  hours: readonly ChangeHours[];
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
// 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday.
const EPOCH_MINUTES = 3 * DAY_MINUTES;
// Clocks change on a quarter of an hour of UTC, in every zone.
const OFFSET_HOLDS_MS = 15 * MINUTE_MS;

/**
 * Whether a window is open: exactly while the clock on the wall shows a time within its hours. So an hour that the clocks
 * show twice is open twice, and one that they skip never comes.
 */
export function isOpen(window: ChangeWindow, atMs: number): boolean {
  return shows(window, localMinute(atMs, zoneOffsetMs(window.timeZone, atMs)));
}

/**
 * The first instant from `fromMs` on, before `untilMs`, at which all windows are open, to the minute; undefined where there
 * is none. Both are milliseconds since 1970.
 */
export function nextOpening(
  windows: readonly ChangeWindow[],
  fromMs: number,
  untilMs: number,
): number | undefined {
  let offsets: number[] = [];
  let holdsUntilMs = fromMs;
  for (let atMs = fromMs; atMs < untilMs; atMs = nextMinute(atMs)) {
    if (atMs >= holdsUntilMs) {
      offsets = windows.map(({ timeZone }) => zoneOffsetMs(timeZone, atMs));
      holdsUntilMs = (Math.floor(atMs / OFFSET_HOLDS_MS) + 1) * OFFSET_HOLDS_MS;
    }
    const at = atMs;
    if (windows.every((window, i) => shows(window, localMinute(at, offsets[i] ?? 0)))) return at;
  }
  return undefined;
}

const nextMinute = (atMs: number) => (Math.floor(atMs / MINUTE_MS) + 1) * MINUTE_MS;

/** Minutes since Monday, 00:00, on the wall. */
function localMinute(atMs: number, offsetMs: number): number {
  return (Math.floor((atMs + offsetMs) / MINUTE_MS) + EPOCH_MINUTES) % WEEK_MINUTES;
}

function shows({ hours }: ChangeWindow, minute: number): boolean {
  return hours.some(({ days, from, to }) => {
    const start = minuteOfDay(from);
    const length = (minuteOfDay(to) - start + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
    return days.some((day) => {
      const opens = WEEKDAYS.indexOf(day) * DAY_MINUTES + start;
      return (minute - opens + WEEK_MINUTES) % WEEK_MINUTES < length;
    });
  });
}

function minuteOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const NAMES = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
} as const;

/** A window in words, such as "Mon, Tue 22:00 to 06:00 (Europe/Berlin)". */
export function describeWindow({ timeZone, hours }: ChangeWindow): string {
  const each = hours.map(({ days, from, to }) => {
    const named = WEEKDAYS.filter((day) => days.includes(day)).map((day) => NAMES[day]);
    return `${named.join(', ')} ${from} to ${to}`;
  });
  return `${each.join(' and ')} (${timeZone})`;
}
