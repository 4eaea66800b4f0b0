import type { Decimal } from 'decimal.js';
import { Exact } from '../attribution/exact.ts';
import type { AnomalySeriesPart, CostAnomalyKind } from '../contracts/anomaly.ts';
import { type ConnectionView, isSamePlace, type SeriesKey, seriesId } from './connectionView.ts';
import type { ConnectionIncident } from './findIncidents.ts';
import type { SeriesFinding } from './judgeSeries.ts';

/** One series of an incident: on which days it was off, and by how much. Exact decimals in the incident's currency. */
export interface IncidentMember {
  series: SeriesKey;
  /** UTC days on which it was found, ascending. */
  days: string[];
  findings: SeriesFinding[];
  actual: Decimal;
  expected: Decimal;
  impact: Decimal;
}

/** What the model expects has no more than four decimals to say. */
const EXPECTED_PLACES = 4;

/**
 * The series of an incident, the one that it is known by first, then by impact. `actual` is what the days cost as it
 * stands now, `expected` what had been expected of them; so the members' impacts add up to the incident's.
 */
export function incidentMembers(
  incident: ConnectionIncident,
  view: ConnectionView,
): IncidentMember[] {
  const bySeries = new Map<string, SeriesFinding[]>();
  for (const finding of incident.findings) {
    // A meter of a series that is there as a whole would count twice.
    if (finding.series.skuMeter !== null && hasWhole(incident, finding.series)) continue;
    const id = seriesId(finding.series);
    bySeries.set(id, [...(bySeries.get(id) ?? []), finding]);
  }
  const isIdentity = ({ series }: IncidentMember) => isSamePlace(series, incident.identity);
  return [...bySeries]
    .map(([id, findings]) => toMember(findings, costsOf(view, id)))
    .sort(
      (a, b) =>
        Number(isIdentity(b)) - Number(isIdentity(a)) ||
        b.impact.abs().comparedTo(a.impact.abs()) ||
        (seriesId(a.series) < seriesId(b.series) ? -1 : 1),
    );
}

function hasWhole({ findings }: ConnectionIncident, series: SeriesKey): boolean {
  return findings.some(
    (other) => other.series.skuMeter === null && isSamePlace(other.series, series),
  );
}

function costsOf(view: ConnectionView, id: string): Map<string, string> {
  const series = [...view.series, ...view.meters].find((one) => seriesId(one) === id);
  return new Map(series?.days.map(({ date, cost }) => [date, cost]));
}

function toMember(findings: SeriesFinding[], costs: Map<string, string>): IncidentMember {
  const [first] = findings;
  if (first === undefined) throw new TypeError('A member has a finding.');
  let actual = new Exact(0);
  let expected = new Exact(0);
  for (const { date, detection } of findings) {
    // Of a day that is late only what was seen of another one is known.
    actual = actual.plus(costs.get(date) ?? detection.actual.toFixed(EXPECTED_PLACES));
    expected = expected.plus(detection.expected.toFixed(EXPECTED_PLACES));
  }
  const days = [...new Set(findings.map(({ date }) => date))].sort();
  return { series: first.series, days, findings, actual, expected, impact: actual.minus(expected) };
}

/** The members as they are reported; the shares add up to 1. */
export function toSeriesParts(
  members: readonly IncidentMember[],
  direction: 'up' | 'down',
): AnomalySeriesPart[] {
  const total = members.reduce((sum, { impact }) => sum.plus(impact), new Exact(0));
  return members.slice(0, PARTS_MAX).map((member) => ({
    subAccountId: member.series.subAccountId,
    serviceName: member.series.serviceName,
    regionId: member.series.regionId,
    skuMeter: member.series.skuMeter,
    kind: kindOf(member.findings, direction),
    firstSeenOn: member.days[0] ?? '',
    lastSeenOn: member.days.at(-1) ?? '',
    actual: member.actual.toFixed(),
    expected: member.expected.toFixed(),
    impact: member.impact.toFixed(),
    share: total.isZero() ? 0 : member.impact.div(total).toDecimalPlaces(6).toNumber(),
  }));
}

const PARTS_MAX = 50;

/** What happened, by the newest finding; what began as a new service stays one, and what falls is a drop. */
export function kindOf(
  findings: readonly SeriesFinding[],
  direction: 'up' | 'down',
): CostAnomalyKind {
  if (direction === 'down') return 'drop';
  if (findings.some(({ detection }) => detection.kind === 'new_service')) return 'new_service';
  const newest = findings.at(-1)?.detection.kind ?? 'spike';
  return newest === 'drop' ? 'spike' : newest;
}
