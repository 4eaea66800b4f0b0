import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { anomalyFingerprint } from '../../core/anomalyFingerprint.ts';
import { Anomaly, type AnomalyReport } from '../../core/contracts/anomaly.ts';
import { detectSeries } from '../../core/detection/detectSeries.ts';
import type { Detection } from '../../core/detection/series.ts';
import { explainFinding } from '../../core/detective/explainFinding.ts';
import { findDrivers, type PartCost } from '../../core/detective/findDrivers.ts';
import { type Episode, groupEpisodes } from '../../core/detective/groupEpisodes.ts';
import { severityOf } from '../../core/detective/severityOf.ts';
import { addDays } from '../../core/time/day.ts';
import type { Database } from '../../db/connect.ts';
import {
  listRecentFindings,
  type RecentFinding,
} from '../../db/queries/anomalies/listRecentFindings.ts';
import { type DailySeries, readDailySeries } from '../../db/queries/costs/readDailySeries.ts';
import { readMeterCosts } from '../../db/queries/costs/readMeterCosts.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

const HISTORY_DAYS = 400;
// Decisions further back are not made again: what was found then has been reported.
const JUDGED_DAYS = 35;
const BASELINE_DAYS = 14;

/** What was found; ids of findings that are new, for the search for remedies. */
export interface DetectAnomaliesResult {
  findings: number;
  newAnomalyIds: string[];
}

type SeriesEpisode = Episode<Detection> & { series: DailySeries };

/**
 * Judges the last weeks of a connection's series and reports findings to the API. Days are judged with what had been seen
 * by then, so a later run finds the same first days; the API knows a finding again by its fingerprint. So a second run
 * reports nothing new.
 */
export function createDetectAnomalies({ db, api }: Pick<DetectiveDependencies, 'db' | 'api'>) {
  return async (input: { connectionId: string; asOf: string }): Promise<DetectAnomaliesResult> => {
    const from = addDays(input.asOf, -HISTORY_DAYS);
    const allSeries = await readDailySeries(db, { connectionId: input.connectionId, from });
    const judgedFrom = judgedSince(allSeries, input.asOf);
    const known = await listRecentFindings(db, input.connectionId, addDays(judgedFrom, -7));
    const spend = dailySpend(allSeries, addDays(input.asOf, -JUDGED_DAYS));
    const newAnomalyIds: string[] = [];
    let findings = 0;
    for (const series of allSeries) {
      heartbeat();
      for (const episode of await judge(series, judgedFrom, input.asOf)) {
        findings += 1;
        const report = await toReport(
          db,
          input.connectionId,
          episode,
          spend.get(series.currency) ?? 0,
        );
        if (isKnown(known, report)) continue;
        const { status, body } = await api.post({
          path: '/api/v1/anomalies',
          body: report,
          // What was said of the finding is part of the key: the same again is a repetition, more is news.
          idempotencyKey: `anomaly:${anomalyFingerprint(report)}:${report.lastSeenOn}:${report.impact}`,
          reply: Anomaly,
          signal: cancellationSignal(),
        });
        if (status === 201) newAnomalyIds.push(body.id);
      }
    }
    return { findings, newAnomalyIds };
  };
}

/** Not before the first day of the connection's data: there every service would look new. */
function judgedSince(allSeries: readonly DailySeries[], asOf: string): string {
  const earliest = allSeries
    .flatMap(({ days }) => days.slice(0, 1))
    .map(({ date }) => date)
    .sort()[0];
  const recent = addDays(asOf, -JUDGED_DAYS);
  return earliest !== undefined && earliest > recent ? earliest : recent;
}

async function judge(series: DailySeries, from: string, asOf: string): Promise<SeriesEpisode[]> {
  // Lets heartbeats and cancellation through between two series.
  await new Promise((resolve) => setImmediate(resolve));
  const toNumber = (day: DailySeries['days'][number]) => ({ ...day, cost: Number(day.cost) });
  const { detections } = detectSeries({
    series: series.days.map(toNumber),
    revisions: series.revisions.map(toNumber),
    from,
    to: addDays(asOf, -1),
  });
  return groupEpisodes(detections).map((episode) => ({ ...episode, series }));
}

async function toReport(
  db: Database,
  connectionId: string,
  { series, detections, startedOn, lastSeenOn }: SeriesEpisode,
  spend: number,
): Promise<AnomalyReport> {
  const newest = detections.at(-1) ?? detections[0];
  const { subAccountId, serviceName, regionId, currency } = series;
  const key = { connectionId, subAccountId, serviceName, regionId, currency };
  const impact = detections.reduce((sum, detection) => sum + detection.impact, 0);
  const baselineFrom = addDays(startedOn, -BASELINE_DAYS);
  const meters = await readMeterCosts(db, { ...key, from: baselineFrom, to: lastSeenOn });
  const drivers = findDrivers(meters.flatMap(toParts), { startedOn, lastSeenOn, baselineFrom });
  const kind = detections.some((d) => d.kind === 'new_service') ? 'new_service' : newest.kind;
  const facts = { ...newest, ...key, kind, startedOn, lastSeenOn, impact, drivers };
  return {
    ...key,
    kind,
    severity: severityOf(Math.abs(newest.impact), spend),
    startedOn,
    lastSeenOn,
    actual: series.days.find((day) => day.date === newest.date)?.cost ?? '0',
    expected: toText(newest.expected),
    lower: toText(newest.lower),
    upper: toText(newest.upper),
    impact: toText(impact),
    score: newest.score,
    explanation: explainFinding(facts),
    drivers,
  };
}

function toParts(row: Awaited<ReturnType<typeof readMeterCosts>>[number]): PartCost[] {
  const { date, cost } = row;
  return [
    ...(row.skuMeter === null
      ? []
      : [{ dimension: 'SkuMeter' as const, value: row.skuMeter, date, cost }]),
    ...(row.resourceId === null
      ? []
      : [{ dimension: 'ResourceId' as const, value: row.resourceId, date, cost }]),
  ];
}

/** Statistics have no more than four decimals to say. */
const toText = (value: number): string => value.toFixed(4);

function isKnown(known: readonly RecentFinding[], report: AnomalyReport): boolean {
  const fingerprint = anomalyFingerprint(report);
  return known.some(
    (finding) =>
      finding.fingerprint === fingerprint &&
      finding.lastSeenOn === report.lastSeenOn &&
      Number(finding.impact) === Number(report.impact),
  );
}

/** Mean spend a day of all series, in each currency. */
function dailySpend(allSeries: readonly DailySeries[], from: string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { currency, days } of allSeries) {
    const recent = days
      .filter((day) => day.date >= from)
      .reduce((sum, day) => sum + Number(day.cost), 0);
    totals.set(currency, (totals.get(currency) ?? 0) + recent / JUDGED_DAYS);
  }
  return totals;
}
