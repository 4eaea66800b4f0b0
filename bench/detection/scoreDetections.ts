import { toDayNumber } from '../../core/detection/calendar.ts';
import type { DetectionKind } from '../../core/detection/series.ts';
import type { EventKind, LabelledSeries } from './labelledSeries.ts';

/** An alarm as the scorer sees it. */
export interface Alarm {
  date: string;
  kind?: DetectionKind;
}

/** Whether one event was found. */
export interface EventOutcome {
  series: string;
  kind: EventKind;
  isFound: boolean;
  delay: number;
  impact: number;
  isNamedRightly: boolean;
}

/** What the alarms of one series come to. */
export interface SeriesOutcome {
  id: string;
  family: string;
  isClean: boolean;
  years: number;
  falseAlarms: number;
  falseDays: number[];
  events: EventOutcome[];
}

const GRACE_DAYS = 3;

/**
 * Scores alarms as docs/detection.md says: an alarm counts for an event from its start to its end plus three days; alarm
 * days outside of all events up to two apart are one false alarm, and one more for each further seven days.
 */
export function scoreDetections(series: LabelledSeries, alarms: readonly Alarm[]): SeriesOutcome {
  const first = toDayNumber(series.firstDay);
  const days = alarms
    .map(({ date, kind }) => ({ day: toDayNumber(date) - first, kind }))
    .filter(({ day }) => day >= series.judgedFrom)
    .sort((a, b) => a.day - b.day);
  const isIn = (day: number, start: number, end: number) => day >= start && day <= end + GRACE_DAYS;
  const falseDays = days
    .map(({ day }) => day)
    .filter((day) => !series.events.some((event) => isIn(day, event.start, event.end)));
  return {
    id: series.id,
    family: series.family,
    isClean: series.events.length === 0,
    years: (series.days - series.judgedFrom) / 365,
    falseAlarms: countEpisodes(falseDays),
    falseDays,
    events: series.events.map((event) => {
      const own = days.filter(({ day }) => isIn(day, event.start, event.end));
      const firstDay = own[0]?.day;
      return {
        series: series.id,
        kind: event.kind,
        impact: event.impact,
        isFound: firstDay !== undefined,
        delay: firstDay === undefined ? NaN : firstDay - event.start,
        isNamedRightly: mostFrequent(own.map(({ kind }) => kind)) === expectedKind(event.kind),
      };
    }),
  };
}

function countEpisodes(days: readonly number[]): number {
  let count = 0;
  let start = -Infinity;
  let last = -Infinity;
  for (const day of days) {
    if (day - last > 2) {
      count += 1;
      start = day;
    } else if (day - start >= 7) {
      count += 1;
      start = day;
    }
    last = day;
  }
  return count;
}

function expectedKind(kind: EventKind): DetectionKind {
  if (kind === 'drop') return 'drop';
  if (kind === 'new service') return 'new_service';
  if (kind.startsWith('shift')) return 'level_shift';
  return kind.startsWith('drift') ? 'drift' : 'spike';
}

/** Of two that are as frequent, the later one: what the finding is called in the end. */
function mostFrequent<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: T | undefined;
  for (const value of values) {
    if (best === undefined || (counts.get(value) ?? 0) >= (counts.get(best) ?? 0)) best = value;
  }
  return best;
}
