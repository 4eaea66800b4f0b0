import { daysBetween } from '../time/day.ts';
import type { ConnectionView, ViewedSeries } from './connectionView.ts';
import { judgeSeries, type JudgedSpan, type SeriesFinding } from './judgeSeries.ts';

const NEAR_DAYS = 3;

/**
 * Opposite moves that cancel out: meters of one series of which some rose and some fell on the same days, while the whole
 * shows nothing in one of the directions. Both sides are returned, each as findings of its meter. What the whole series
 * shows already is not said again, and a meter that moves alone is left to the whole: a floor that one meter does not reach
 * against the rest of its service is no incident.
 *
 * @param meters the meters of the series
 * @param known what was found in the whole of it
 */
export function findHiddenMoves(
  view: ConnectionView,
  meters: readonly ViewedSeries[],
  known: readonly SeriesFinding[],
  span: JudgedSpan,
): SeriesFinding[] {
  if (meters.length < 2) return [];
  const moves = meters
    .filter((meter) => isLargeEnough(meter, view))
    .flatMap((meter) => judgeSeries(view, meter, span))
    .map(asPartOfAService);
  const shows = (move: SeriesFinding, others: readonly SeriesFinding[], isSameSide: boolean) =>
    others.some(
      (other) =>
        Math.abs(daysBetween(other.date, move.date)) <= NEAR_DAYS &&
        (side(other) === side(move)) === isSameSide,
    );
  return moves.filter((move) => shows(move, moves, false) && !shows(move, known, true));
}

const side = (finding: SeriesFinding) => Math.sign(finding.detection.impact);

/** Nothing that never costs as much as the daily floor can move by it. */
function isLargeEnough({ days }: ViewedSeries, { settings }: ConnectionView): boolean {
  return days.some(({ cost }) => Number(cost) >= settings.minDailyImpact);
}

/** A meter that is new in a service that is not is a move to another level, no new service. */
function asPartOfAService(finding: SeriesFinding): SeriesFinding {
  if (finding.detection.kind !== 'new_service') return finding;
  return {
    ...finding,
    kind: 'level_shift',
    detection: { ...finding.detection, kind: 'level_shift' },
  };
}
