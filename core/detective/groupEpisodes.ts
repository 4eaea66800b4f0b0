import { daysBetween } from '../time/day.ts';

/** The least that a detection must say to be grouped. */
interface DayFinding {
  date: string;
  kind: string;
}

/** Consecutive detections in one direction: one finding that lasts. */
export interface Episode<T extends DayFinding> {
  startedOn: string;
  lastSeenOn: string;
  detections: [T, ...T[]];
}

// A weekend in between does not make a second finding of one cause.
const GAP_DAYS_MAX = 3;

/**
 * Groups the detections of one series, sorted by date, into episodes: the same direction, at most GAP_DAYS_MAX days
 * apart. Two opposite moves are two episodes.
 */
export function groupEpisodes<T extends DayFinding>(detections: readonly T[]): Episode<T>[] {
  const episodes: Episode<T>[] = [];
  const open = new Map<boolean, Episode<T>>();
  for (const detection of detections) {
    const isDown = detection.kind === 'drop';
    const current = open.get(isDown);
    if (current !== undefined && daysBetween(current.lastSeenOn, detection.date) <= GAP_DAYS_MAX) {
      current.detections.push(detection);
      current.lastSeenOn = detection.date;
      continue;
    }
    const next: Episode<T> = {
      startedOn: detection.date,
      lastSeenOn: detection.date,
      detections: [detection],
    };
    open.set(isDown, next);
    episodes.push(next);
  }
  return episodes;
}
