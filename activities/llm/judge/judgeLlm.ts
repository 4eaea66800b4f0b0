import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { anomalyFingerprint } from '../../../core/anomalyFingerprint.ts';
import { Anomaly, type AnomalyReport } from '../../../core/contracts/anomaly.ts';
import { judgeUse, type LlmFinding } from '../../../core/llm/detection/judgeUse.ts';
import { overReason, toLlmReport } from '../../../core/llm/detection/toLlmReport.ts';
import { useDrivers } from '../../../core/llm/detection/useDrivers.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/llm/detection/useView.ts';
import type { Database } from '../../../db/connect.ts';
import { findAnomaly } from '../../../db/queries/anomalies/findAnomaly.ts';
import { readDriverCosts } from '../../../db/queries/llm/readDriverCosts.ts';
import {
  readUseView,
  type StoredEpisode,
  type StoredUse,
} from '../../../db/queries/llm/readUseView.ts';
import { sumUsageHours } from '../../../db/queries/llm/sumUsageHours.ts';
import type { PlatformApi } from '../../platform/platformApi.ts';

/** What the judge uses. */
export interface JudgeLlmDependencies {
  db: Database;
  api: PlatformApi;
}

/** A key that a remedy may be proposed for. */
export interface KeyFinding {
  anomalyId: string;
  apiKeyId: string;
  /** '' where the use names no project. */
  projectId: string;
}

/** How many findings are new, and the keys of all loops and misuses that go on and that nobody has judged. */
export interface JudgeLlmResult {
  raised: number;
  keyFindings: KeyFinding[];
}

const BEFORE_DAYS = 7;

/**
 * Judges the newest minutes of a connection's use of language models, up to `until` (a UTC instant, rounded down to the
 * minute), and reports to the platform's API: a finding that goes on grows, one that is over is reported as resolved,
 * which never overrules a person. A second run reports the same findings under the same fingerprints, so it is safe.
 *
 * @throws CostGuardError `connection_not_found`; `api_unavailable` where the API cannot be reached
 */
export async function judgeLlm(
  { db, api }: JudgeLlmDependencies,
  input: { connectionId: string; until: string },
): Promise<JudgeLlmResult> {
  const { connectionId } = input;
  const until = Math.floor(Date.parse(input.until) / MINUTE_MS) * MINUTE_MS;
  // The habit of five weeks is read by the hour.
  const before = new Date(Math.floor(until / HOUR_MS) * HOUR_MS).toISOString();
  await sumUsageHours(db, { connectionId, before });
  const use = await readUseView(db, connectionId, until);
  const { findings, over } = judgeUse(use.view);
  const result: JudgeLlmResult = { raised: 0, keyFindings: [] };
  for (const finding of findings) {
    heartbeat();
    const earlier = use.view.known.find((episode) => isReported(episode, finding));
    if (!finding.isNews && earlier !== undefined) {
      addKey(result, finding, earlier);
      continue;
    }
    const report = await reportOf(db, connectionId, use, finding);
    const { status, body } = await send(api, report);
    if (status === 201) result.raised += 1;
    addKey(result, finding, body);
  }
  for (const episode of use.view.known.filter((one) => over.includes(one)))
    await settle({ db, api }, episode);
  return result;
}

const isReported = (episode: StoredEpisode, finding: LlmFinding): boolean =>
  episode.kind === finding.kind &&
  episode.startedOn === finding.startedOn &&
  JSON.stringify(episode.scope) === JSON.stringify(finding.scope);

function addKey(
  { keyFindings }: JudgeLlmResult,
  { kind, scope: { apiKeyId, projectId } }: LlmFinding,
  { id, status }: { id: string; status: Anomaly['status'] },
): void {
  const isOfKey = kind === 'runaway_loop' || kind === 'key_misuse';
  if (isOfKey && apiKeyId !== '' && status === 'open')
    keyFindings.push({ anomalyId: id, apiKeyId, projectId });
}

async function reportOf(
  db: Database,
  connectionId: string,
  { provider, view }: StoredUse,
  finding: LlmFinding,
): Promise<AnomalyReport> {
  // The provider's bill names no keys.
  const costs =
    finding.kind === 'price_drift'
      ? []
      : await readDriverCosts(db, {
          connectionId,
          scope: finding.scope,
          previousModel: finding.scope.previousModel,
          from: finding.startedAt,
          to: finding.seenUntil,
          beforeFrom: finding.startedAt - BEFORE_DAYS * DAY_MS,
        });
  const weekAgo = view.until - BEFORE_DAYS * DAY_MS;
  const spent = view.hours.reduce((sum, { at, cost }) => sum + (at >= weekAgo ? cost : 0), 0);
  return toLlmReport(
    { id: connectionId, provider, dailySpend: spent / BEFORE_DAYS },
    finding,
    useDrivers(costs, finding.total),
  );
}

function send(api: PlatformApi, report: AnomalyReport) {
  const { impact, status, llm } = report;
  return api.send({
    method: 'POST',
    path: '/api/v1/anomalies',
    body: report,
    // The same again is a repetition, more is news.
    idempotencyKey: `anomaly:${anomalyFingerprint(report)}:${llm?.lastSeenAt ?? ''}:${impact}:${status ?? ''}`,
    reply: Anomaly,
    signal: cancellationSignal(),
  });
}

/** Reports a finding as it stands, as over; sent as a report, so that the judge may open it again. */
async function settle({ db, api }: JudgeLlmDependencies, episode: StoredEpisode): Promise<void> {
  heartbeat();
  const anomaly = await findAnomaly(db, episode.id);
  if (anomaly === undefined) return;
  await send(api, {
    ...reportAgain(anomaly),
    status: 'resolved',
    statusReason: overReason(episode),
  });
}

/** What was reported of a finding. */
function reportAgain(anomaly: Anomaly): AnomalyReport {
  return {
    connectionId: anomaly.connectionId,
    subAccountId: anomaly.subAccountId,
    serviceName: anomaly.serviceName,
    regionId: anomaly.regionId,
    kind: anomaly.kind,
    severity: anomaly.severity,
    startedOn: anomaly.startedOn,
    lastSeenOn: anomaly.lastSeenOn,
    actual: anomaly.actual,
    expected: anomaly.expected,
    lower: anomaly.lower,
    upper: anomaly.upper,
    impact: anomaly.impact,
    currency: anomaly.currency,
    score: anomaly.score,
    explanation: anomaly.explanation,
    drivers: anomaly.drivers,
    llm: anomaly.llm,
  };
}
