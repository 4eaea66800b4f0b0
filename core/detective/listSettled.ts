import { daysBetween } from '../time/day.ts';
import type { KnownFinding } from './connectionView.ts';
import type { ConnectionIncident } from './findIncidents.ts';

const QUIET_DAYS = 7;

/** Open findings that nobody has judged, that have not been seen for a week, and that today's incidents do not continue. */
export function listSettled(
  known: readonly KnownFinding[],
  incidents: readonly ConnectionIncident[],
  asOf: string,
): KnownFinding[] {
  return known.filter(
    (finding) =>
      finding.status === 'open' &&
      finding.statusBy === null &&
      daysBetween(finding.lastSeenOn, asOf) > QUIET_DAYS &&
      !incidents.some(
        ({ startedOn, direction, lastSeenOn }) =>
          startedOn === finding.startedOn &&
          direction === finding.direction &&
          lastSeenOn > finding.lastSeenOn,
      ),
  );
}
