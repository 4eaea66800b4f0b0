import { Exact } from '../attribution/exact.ts';
import type { AnomalyReport } from '../contracts/anomaly.ts';
import type { QuietReason } from '../detection/quietReason.ts';
import type { Detection } from '../detection/series.ts';
import { daysBetween } from '../time/day.ts';
import type { IncidentAttribution } from './attributeIncident.ts';
import type { KnownFinding } from './connectionView.ts';
import { explainFinding } from './explainFinding.ts';
import { type ConnectionIncident, isSameFinding } from './findIncidents.ts';
import { type IncidentMember, kindOf, toSeriesParts } from './incidentMembers.ts';
import { SETTLED_DAYS, settledReason } from './listSettled.ts';
import { severityOf } from './severityOf.ts';

/** What identifies an incident's report, and says whether there is news of it. */
export type ReportHead = Pick<AnomalyReport, 'lastSeenOn' | 'impact' | 'status'>;

/** What is compared with an earlier report of the same incident before anything more is read. */
export function reportHead(
  incident: ConnectionIncident,
  members: readonly IncidentMember[],
  asOf: string,
): ReportHead {
  const isOver = daysBetween(incident.lastSeenOn, asOf) > SETTLED_DAYS;
  return {
    lastSeenOn: incident.lastSeenOn,
    impact: members.reduce((sum, { impact }) => sum.plus(impact), new Exact(0)).toFixed(),
    status: quietReasonOf(incident) ?? (isOver ? 'resolved' : 'open'),
  };
}

/** Whether an earlier report said the same; what a person set is never asked again. */
export function isKnown(
  known: readonly KnownFinding[],
  incident: ConnectionIncident,
  head: ReportHead,
): boolean {
  const earlier = known.find((finding) => isSameFinding(finding, incident));
  return (
    earlier !== undefined &&
    earlier.lastSeenOn === head.lastSeenOn &&
    new Exact(earlier.impact).equals(head.impact) &&
    (earlier.statusBy !== null || earlier.status === head.status)
  );
}

/**
 * The report of an incident as the API takes it.
 *
 * @param context the incident's head, and what the connection costs a day in the incident's currency
 */
export function toReport(
  connectionId: string,
  incident: ConnectionIncident,
  members: readonly IncidentMember[],
  found: IncidentAttribution,
  { head, dailySpend }: { head: ReportHead; dailySpend: number },
): AnomalyReport {
  const { direction, identity, startedOn } = incident;
  const newest = newestDay(incident);
  const own = members[0]?.findings ?? [];
  const kind = kindOf(own, direction);
  const facts = { ...identity, kind, startedOn, lastSeenOn: head.lastSeenOn };
  return {
    connectionId,
    ...facts,
    severity: severityOf(Math.abs(newest.actual - newest.expected), dailySpend, newest.score),
    actual: toText(newest.actual),
    expected: toText(newest.expected),
    lower: toText(newest.lower),
    upper: toText(newest.upper),
    impact: head.impact,
    score: newest.score,
    explanation: explainFinding({
      ...facts,
      skuMeter: members[0]?.series.skuMeter ?? null,
      actual: newest.actual,
      expected: newest.expected,
      impact: Number(head.impact),
      seriesCount: members.length,
      drivers: found.drivers,
      change: found.attribution.change,
    }),
    ...found,
    series: toSeriesParts(members, direction),
    status: head.status,
    statusReason: reasonOf(head),
  };
}

function reasonOf({ status, lastSeenOn }: ReportHead): string | null {
  switch (status) {
    case 'planned':
      return 'A planned change covers these days.';
    case 'expected':
      return 'Such days were marked as expected.';
    case 'resolved':
      return settledReason(lastSeenOn);
    case 'open':
    case undefined:
      return null;
  }
}

/** Kept without being raised only where every day of it is. */
function quietReasonOf({ findings }: ConnectionIncident): QuietReason | undefined {
  const reasons = findings.map(({ quiet }) => quiet);
  return reasons.every((reason) => reason !== undefined) ? reasons.at(-1) : undefined;
}

/** The newest day of all series together. */
function newestDay({
  findings,
  lastSeenOn,
}: ConnectionIncident): Omit<Detection, 'date' | 'since' | 'kind'> {
  const newest = findings.filter(({ date }) => date === lastSeenOn).map((f) => f.detection);
  const sum = (name: 'actual' | 'expected' | 'lower' | 'upper' | 'impact') =>
    newest.reduce((total, detection) => total + detection[name], 0);
  const scores = newest.map(({ score }) => score);
  return {
    actual: sum('actual'),
    expected: sum('expected'),
    lower: sum('lower'),
    upper: sum('upper'),
    impact: sum('impact'),
    score: scores.reduce((most, score) => (Math.abs(score) > Math.abs(most) ? score : most), 0),
  };
}

/** Statistics have no more than four decimals to say. */
const toText = (value: number): string => value.toFixed(4);
