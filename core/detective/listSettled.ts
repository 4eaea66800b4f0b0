import { daysBetween } from '../time/day.ts';
import type { KnownFinding } from './connectionView.ts';
import { type ConnectionIncident, isSameFinding } from './findIncidents.ts';

/** Days without being seen after which a finding is over. */
export const SETTLED_DAYS = 7;

/** Why the detector takes a finding for over. */
export function settledReason(lastSeenOn: string): string {
  return `Not seen since ${lastSeenOn}: the cost is as expected again, or its new level has become the usual one.`;
}

/**
 * Open findings that nobody has judged, that have not been seen for a week, and that are not among the incidents of today's
 * judgement, whose reports say by themselves that they are over.
 */
export function listSettled(
  known: readonly KnownFinding[],
  incidents: readonly ConnectionIncident[],
  asOf: string,
): KnownFinding[] {
  return known.filter(
    (finding) =>
      finding.status === 'open' &&
      finding.statusBy === null &&
      // What another detector has reported names no series; whether that goes on is its own to say.
      finding.series.length > 0 &&
      daysBetween(finding.lastSeenOn, asOf) > SETTLED_DAYS &&
      !incidents.some((incident) => isSameFinding(finding, incident)),
  );
}
