/** A span of usage that is read and stored as one; `from` included, `to` excluded, UTC instants. */
export interface PullPage {
  from: string;
  to: string;
  /** Length of the buckets: a minute or an hour. */
  bucketSeconds: 60 | 3600;
}

/** What a poll reads. */
export interface PullPlan {
  /** Oldest first, without a gap; none where nothing new can be there. */
  pages: PullPage[];
  /** Whether this is the first poll of a UTC day. */
  isNewDay: boolean;
}

/** What planning needs to know; UTC instants. */
export interface PullState {
  /** How far the usage was read; undefined before the first poll. */
  pulledUntil: string | undefined;
  /** End of the newest hour that is stored as one; its minutes are not read again. */
  hoursUntil: string | undefined;
  now: Date;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

// Both providers say that usage is there within five minutes; what is newer would be read half.
const LAG_MS = 5 * MINUTE_MS;
// With the five minutes since the poll before, a question that names its minutes still has room for them.
const LATE_MS = 40 * MINUTE_MS;
const LATE_HOURLY_MS = 6 * HOUR_MS;
const LATE_DAILY_MS = 30 * HOUR_MS;
const FIRST_DAYS = 14;
// A first poll leaves the newest hours to be read by minutes, so that late buckets of them still replace what was read.
const FIRST_SETTLED_MS = 6 * HOUR_MS;
// Older gaps are read by the hour: nobody looks at minutes of weeks ago, and a day of minutes is a request of its own.
const MINUTES_DAYS = 14;
const HOUR_PAGE_DAYS = 7;

/**
 * The pages that a poll reads: from where the poll before ended, less what may have come late (40 minutes; 6 hours once an
 * hour; 30 hours once a day), to five minutes ago. After an outage it goes on from the watermark, however long it was. A
 * page lies within one UTC day, or holds whole days of hours.
 */
export function planPull({ pulledUntil, hoursUntil, now }: PullState): PullPlan {
  const to = floor(now.getTime() - LAG_MS, MINUTE_MS);
  if (pulledUntil === undefined) {
    const minutesFrom = floor(to - FIRST_SETTLED_MS, DAY_MS);
    return {
      pages: [
        ...hourPages(minutesFrom - FIRST_DAYS * DAY_MS, minutesFrom),
        ...minutePages(minutesFrom, to),
      ],
      isNewDay: true,
    };
  }
  const read = Date.parse(pulledUntil);
  // A clock that was set back: what is known is newer than what may be asked for.
  if (to <= read) return { pages: [], isNewDay: false };
  // Of the last instants that were read: a poll that failed after its page of yesterday left the watermark at midnight.
  const isNewDay = floor(to - 1, DAY_MS) > floor(read - 1, DAY_MS);
  const from = Math.max(read - lateMs(read, to, isNewDay), Date.parse(hoursUntil ?? EPOCH));
  const minutesFrom = floor(to, DAY_MS) - MINUTES_DAYS * DAY_MS;
  return {
    pages: [
      ...hourPages(floor(from, DAY_MS), minutesFrom),
      ...minutePages(Math.max(from, minutesFrom), to),
    ],
    isNewDay,
  };
}

const EPOCH = '1970-01-01T00:00:00Z';

function lateMs(read: number, to: number, isNewDay: boolean): number {
  if (isNewDay) return LATE_DAILY_MS;
  return floor(to, HOUR_MS) > floor(read, HOUR_MS) ? LATE_HOURLY_MS : LATE_MS;
}

const hourPages = (from: number, to: number): PullPage[] =>
  cut(from, to, HOUR_PAGE_DAYS * DAY_MS, from).map((span) => ({ ...span, bucketSeconds: 3600 }));

const minutePages = (from: number, to: number): PullPage[] =>
  cut(from, to, DAY_MS, 0).map((span) => ({ ...span, bucketSeconds: 60 }));

/** Parts of a span, cut at multiples of `lengthMs` counted from `origin`. */
function cut(from: number, to: number, lengthMs: number, origin: number) {
  const spans: { from: string; to: string }[] = [];
  for (let start = from; start < to;) {
    const end = Math.min(origin + floor(start - origin, lengthMs) + lengthMs, to);
    spans.push({ from: toInstant(start), to: toInstant(end) });
    start = end;
  }
  return spans;
}

const floor = (ms: number, unitMs: number): number => Math.floor(ms / unitMs) * unitMs;

const toInstant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
