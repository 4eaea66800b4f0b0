import { groupIncidents, type Incident } from '../attribution/groupIncidents.ts';
import { daysBetween } from '../time/day.ts';
import {
  type ConnectionView,
  isSamePlace,
  type KnownFinding,
  type SeriesKey,
  seriesId,
} from './connectionView.ts';
import type { SeriesFinding } from './judgeSeries.ts';

/** An incident of a connection with what it is known by, so that it stays one finding while it grows. */
export interface ConnectionIncident extends Incident<SeriesFinding> {
  identity: Omit<SeriesKey, 'skuMeter'>;
}

const GAP_DAYS = 3;

/**
 * Groups findings into incidents, one currency at a time, and finds each again among those reported before: one that shows
 * in a series of an earlier one, in the same direction and without a gap, is that one, also where a restated day would make
 * it begin elsewhere. Incidents that were one before stay one.
 */
export function findIncidents(
  found: readonly SeriesFinding[],
  known: ConnectionView['known'],
): ConnectionIncident[] {
  const currencies = [...new Set(found.map(({ series }) => series.currency))];
  const fresh = currencies.flatMap((currency) =>
    groupIncidents(found.filter(({ series }) => series.currency === currency)),
  );
  const merged = new Map<string, ConnectionIncident>();
  for (const incident of fresh) {
    const earlier = known
      .filter((finding) => continues(finding, incident))
      .sort((a, b) => (a.startedOn < b.startedOn ? -1 : 1))[0];
    const next = earlier === undefined ? begin(incident) : resume(earlier, incident);
    const id = JSON.stringify([next.direction, next.startedOn, next.identity]);
    const same = merged.get(id);
    merged.set(id, same === undefined ? next : join(same, next));
  }
  return [...merged.values()];
}

/** Whether an earlier finding is this very incident, as its fingerprint says: known by the same series, side and first day. */
export function isSameFinding(finding: KnownFinding, incident: ConnectionIncident): boolean {
  return (
    finding.startedOn === incident.startedOn &&
    finding.direction === incident.direction &&
    isSamePlace(finding.identity, incident.identity)
  );
}

function begin(incident: Incident<SeriesFinding>): ConnectionIncident {
  const { subAccountId, serviceName, regionId, currency } = firstOf(incident).series;
  return { ...incident, identity: { subAccountId, serviceName, regionId, currency } };
}

function resume(earlier: KnownFinding, incident: Incident<SeriesFinding>): ConnectionIncident {
  return { ...incident, startedOn: earlier.startedOn, identity: earlier.identity };
}

function join(a: ConnectionIncident, b: ConnectionIncident): ConnectionIncident {
  const [whole] = groupIncidents([...a.findings, ...b.findings], {
    gapDaysMax: Infinity,
    sharedBy: [[]],
    startDaysMax: Infinity,
  });
  if (whole === undefined) throw new TypeError('Two incidents have findings.');
  return { ...whole, startedOn: a.startedOn, identity: a.identity };
}

function continues(finding: KnownFinding, incident: Incident<SeriesFinding>): boolean {
  if (finding.direction !== incident.direction) return false;
  if (finding.identity.currency !== firstOf(incident).series.currency) return false;
  const isNear =
    daysBetween(finding.lastSeenOn, incident.startedOn) <= GAP_DAYS &&
    daysBetween(incident.lastSeenOn, finding.startedOn) <= GAP_DAYS;
  if (!isNear) return false;
  const own = new Set(incident.findings.map(({ series }) => seriesId(series)));
  const places =
    finding.series.length > 0 ? finding.series : [{ ...finding.identity, skuMeter: null }];
  return places.some((series) => own.has(seriesId(series)));
}

function firstOf({ findings }: Incident<SeriesFinding>): SeriesFinding {
  const [first] = findings;
  if (first === undefined) throw new TypeError('An incident has a finding.');
  return first;
}
