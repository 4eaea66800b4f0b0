import type { AnomalyDriver, AnomalyReport } from '../../contracts/anomaly.ts';
import type { LlmSubject } from '../../contracts/llmFinding.ts';
import { severityOf } from '../../detective/severityOf.ts';
import type { LlmFinding } from './judgeUse.ts';
import { type KnownEpisode, type UseScope } from './useView.ts';

// FOCUS ServiceName of all charges, as the llm-tracker server has it, so that costs and findings name one service.
const SERVICES = { openai: 'OpenAI API', anthropic: 'Claude API' } as const;

/** A provider of language models. */
export type LlmProvider = keyof typeof SERVICES;

// Nobody lets a loop run a day: what six more hours would cost is what matters. The others last.
const LOOP_HOURS = 6;
// Somebody else with the key is no matter of money alone.
const MISUSE_AT_LEAST = ['high', 'critical'];

/** The report of a finding as the API takes it; `dailySpend` is what the connection costs a day, USD. */
export function toLlmReport(
  connection: { id: string; provider: LlmProvider; dailySpend: number },
  finding: LlmFinding,
  drivers: AnomalyDriver[],
): AnomalyReport {
  const { kind, scope, total, score, says } = finding;
  const impact = total.actual - total.expected;
  const since = new Date(finding.startedAt).toISOString().slice(0, 16).replace('T', ' ');
  return {
    connectionId: connection.id,
    subAccountId: orNull(scope.projectId),
    serviceName: SERVICES[connection.provider],
    regionId: null,
    kind,
    severity: severity(finding, connection.dailySpend),
    startedOn: finding.startedOn,
    lastSeenOn: finding.lastSeenOn,
    actual: toText(finding.actual),
    expected: toText(finding.expected),
    lower: toText(Math.min(0, finding.expected)),
    upper: toText(finding.upper),
    impact: toText(impact),
    currency: 'USD',
    score: Math.min(Math.round(score * 100) / 100, SCORE_MAX),
    explanation:
      `${says} Since ${since} UTC it comes to ${toText(Math.abs(impact), 2)} USD ${impact < 0 ? 'less' : 'more'} than expected.`.slice(
        0,
        LENGTH_MAX,
      ),
    drivers,
    llm: toSubject(scope, finding.startedAt, finding.seenUntil),
    status: 'open',
  };
}

const SCORE_MAX = 10_000;
const LENGTH_MAX = 2000;

/** Why the judge takes a finding for over. */
export function overReason({ lastSeenAt }: Pick<KnownEpisode, 'lastSeenAt'>): string {
  const time = new Date(lastSeenAt).toISOString().slice(0, 16).replace('T', ' ');
  return `Not seen since ${time} UTC: the use is as before again, or its new ways have become the usual ones.`;
}

/** What a finding is about, as it is stored. */
export function toSubject(scope: UseScope, startedAt: number, lastSeenAt: number): LlmSubject {
  return {
    apiKeyId: orNull(scope.apiKeyId),
    model: orNull(scope.model),
    previousModel: orNull(scope.previousModel),
    meter: orNull(scope.meter),
    startedAt: new Date(startedAt).toISOString(),
    lastSeenAt: new Date(lastSeenAt).toISOString(),
  };
}

function severity({ kind, excessADay, score }: LlmFinding, dailySpend: number) {
  const isLoop = kind === 'runaway_loop' || kind === 'key_misuse';
  const dearest = Math.abs(excessADay) * (isLoop ? LOOP_HOURS / 24 : 1);
  const found = severityOf(dearest, dailySpend, isLoop ? score : 0);
  // A saving is worth knowing, and never urgent.
  if (excessADay < 0) return 'low';
  return kind === 'key_misuse' && !MISUSE_AT_LEAST.includes(found) ? 'high' : found;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

/** Statistics have no more than four decimals to say. */
const toText = (value: number, digits = 4): string => value.toFixed(digits);
