import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { anomalyFingerprint } from '../../core/anomalyFingerprint.ts';
import { Anomaly, type AnomalyReport } from '../../core/contracts/anomaly.ts';
import { attributeIncident } from '../../core/detective/attributeIncident.ts';
import {
  type ConnectionView,
  seriesId,
  type ViewedSeries,
} from '../../core/detective/connectionView.ts';
import { currencySpans } from '../../core/detective/currencySpans.ts';
import { type ConnectionIncident, findIncidents } from '../../core/detective/findIncidents.ts';
import { findHiddenMoves } from '../../core/detective/findHiddenMoves.ts';
import { incidentMembers } from '../../core/detective/incidentMembers.ts';
import { judgeSeries } from '../../core/detective/judgeSeries.ts';
import { listSettled, settledReason } from '../../core/detective/listSettled.ts';
import { isKnown, reportHead, toReport } from '../../core/detective/toReport.ts';
import { addDays } from '../../core/time/day.ts';
import { readConnectionView } from '../../db/queries/detective/readConnectionView.ts';
import { readMemberCharges } from '../../db/queries/detective/readMemberCharges.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

const HISTORY_DAYS = 400;
// Opposite moves inside a series are looked for in a shorter history: the charges behind it are many.
const METER_HISTORY_DAYS = 120;
// Decisions further back are not made again: what was found then has been reported.
const JUDGED_DAYS = 35;
// Whole weeks, so that each weekday counts alike.
const BASELINE_DAYS = 28;

/** What was found; ids of findings that are new, for the search for remedies. */
export interface DetectAnomaliesResult {
  findings: number;
  newAnomalyIds: string[];
}

type Dependencies = Pick<DetectiveDependencies, 'db' | 'api'>;

/**
 * Judges the last weeks of a connection's series, groups what is found into incidents and reports them to the API; what has
 * not been seen for a week is reported as over. Everything that the judgement needs is read at once; what drives an incident
 * is read only where there is news of it. Days are judged with what had been seen by then, and the API knows an incident
 * again by its fingerprint, so a second run reports nothing new.
 */
export function createDetectAnomalies({ db, api }: Dependencies) {
  return async (input: { connectionId: string; asOf: string }): Promise<DetectAnomaliesResult> => {
    const { connectionId, asOf } = input;
    const view = await readConnectionView(db, {
      connectionId,
      from: addDays(asOf, -HISTORY_DAYS),
      metersFrom: addDays(asOf, -METER_HISTORY_DAYS),
      findingsSince: addDays(asOf, -JUDGED_DAYS - 7),
    });
    const incidents = await judge(view, asOf);
    const spend = dailySpend(view, addDays(asOf, -JUDGED_DAYS));
    const newAnomalyIds: string[] = [];
    for (const incident of incidents) {
      heartbeat();
      const report = await reportOf({ db }, input, incident, view, spend);
      if (report === undefined) continue;
      const { status, body } = await api.send({
        method: 'POST',
        path: '/api/v1/anomalies',
        body: report,
        // What was said of the finding is part of the key: the same again is a repetition, more is news.
        idempotencyKey: `anomaly:${anomalyFingerprint(report)}:${report.lastSeenOn}:${report.impact}:${report.status ?? ''}`,
        reply: Anomaly,
        signal: cancellationSignal(),
      });
      if (status === 201 && body.status === 'open') newAnomalyIds.push(body.id);
    }
    await settle({ api }, view, incidents, asOf);
    return { findings: incidents.length, newAnomalyIds };
  };
}

/** Judges every series and what moves inside it, and lets heartbeats and cancellation through between two series. */
async function judge(view: ConnectionView, asOf: string): Promise<ConnectionIncident[]> {
  const recent = { from: addDays(asOf, -JUDGED_DAYS), to: addDays(asOf, -1) };
  const spans = currencySpans(view, recent);
  const metersOf = new Map<string, ViewedSeries[]>();
  for (const meter of view.meters) {
    const whole = seriesId({ ...meter, skuMeter: null });
    metersOf.set(whole, [...(metersOf.get(whole) ?? []), meter]);
  }
  const found = [];
  for (const series of view.series) {
    const span = spans.get(series.currency);
    if (span === undefined || span.from > span.to) continue;
    const shown = judgeSeries(view, series, span);
    const meters = metersOf.get(seriesId(series)) ?? [];
    found.push(...shown, ...findHiddenMoves(view, meters, shown, span));
    heartbeat();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return findIncidents(found, view.known);
}

/** The report of an incident; undefined where there is no news of it. */
async function reportOf(
  { db }: Pick<Dependencies, 'db'>,
  { connectionId, asOf }: { connectionId: string; asOf: string },
  incident: ConnectionIncident,
  view: ConnectionView,
  spend: ReadonlyMap<string, number>,
): Promise<AnomalyReport | undefined> {
  const members = incidentMembers(incident, view);
  const head = reportHead(incident, members, asOf);
  if (isKnown(view.known, incident, head)) return undefined;
  const charges = await readMemberCharges(db, {
    connectionId,
    baseline: { from: addDays(incident.startedOn, -BASELINE_DAYS), to: incident.startedOn },
    members,
    ownerTag: view.settings.ownerTag,
  });
  const found = attributeIncident(members, charges, view.settings.minDailyImpact);
  const dailySpend = spend.get(incident.identity.currency) ?? 0;
  return toReport(connectionId, incident, members, found, { head, dailySpend });
}

/** Says of findings that have not been seen for a week that they are over. */
async function settle(
  { api }: Pick<Dependencies, 'api'>,
  view: ConnectionView,
  incidents: readonly ConnectionIncident[],
  asOf: string,
): Promise<void> {
  for (const { id, lastSeenOn } of listSettled(view.known, incidents, asOf)) {
    heartbeat();
    await api.send({
      method: 'PATCH',
      path: `/api/v1/anomalies/${id}`,
      body: {
        status: 'resolved',
        reason: settledReason(lastSeenOn),
      },
      idempotencyKey: `anomaly-settled:${id}:${lastSeenOn}`,
      reply: Anomaly,
      signal: cancellationSignal(),
    });
  }
}

/** Mean spend a day of all series, in each currency. */
function dailySpend({ series }: ConnectionView, from: string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { currency, days } of series) {
    const recent = days
      .filter((day) => day.date >= from)
      .reduce((sum, day) => sum + Number(day.cost), 0);
    totals.set(currency, (totals.get(currency) ?? 0) + recent / JUDGED_DAYS);
  }
  return totals;
}
