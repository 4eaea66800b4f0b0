import type { LlmAnomalyKind } from '../../contracts/llmFinding.ts';
import { utcDay } from '../../time/day.ts';
import { findCacheFalls } from './cacheShare.ts';
import type { Candidate } from './candidate.ts';
import { findKeyMisuse } from './keyMisuse.ts';
import { findModelSwaps } from './modelSwap.ts';
import { findPriceChanges } from './priceChange.ts';
import { findPriceDrifts } from './priceDrift.ts';
import { findRunawayLoops } from './runawayLoop.ts';
import { PAUSE_MS, prepareUse } from './useContext.ts';
import { keyName } from './useSeries.ts';
import { DAY_MS, type KnownEpisode, MINUTE_MS, type UseScope, type UseView } from './useView.ts';

/** A finding in the use of language models, as it stands now. USD; times in milliseconds UTC. */
export interface LlmFinding {
  kind: LlmAnomalyKind;
  scope: UseScope;
  /** UTC days. */
  startedOn: string;
  lastSeenOn: string;
  startedAt: number;
  seenUntil: number;
  /** Of the newest day. */
  actual: number;
  expected: number;
  upper: number;
  /** Of all of it. */
  total: { actual: number; expected: number };
  score: number;
  excessADay: number;
  says: string;
  /** Whether it says more than what was reported before. */
  isNews: boolean;
}

/** What is found at one moment, and what was found before and is over. */
export interface Judgement {
  findings: LlmFinding[];
  over: KnownEpisode[];
}

// After a week the new habit is the habit.
const LASTING_MS = 7 * DAY_MS;
const LASTING = ['cache_share', 'price_change', 'model_swap'];
// What goes on is told again when it has grown by a tenth or for half an hour.
const GROWN_PART = 0.1;
const TOLD_MS = 30 * MINUTE_MS;
// A finding that was over and comes back so soon is the same.
const RESUMED_MS = 6 * 60 * MINUTE_MS;

/** Judges the newest minutes of a connection's use. Pure: the same view gives the same findings. */
export function judgeUse(given: UseView): Judgement {
  const known = given.known.map((episode) =>
    isUsual(episode, given.until) ? ended(episode) : episode,
  );
  const context = prepareUse({ ...given, known });
  const misuse = findKeyMisuse(context);
  const misused = new Set(misuse.map(({ scope }) => keyName(scope)));
  for (const { kind, scope, status, lastSeenAt } of known)
    if (kind === 'key_misuse' && status === 'open' && lastSeenAt > context.seenUntil - RESUMED_MS)
      misused.add(keyName(scope));
  const candidates = [
    ...misuse,
    ...findRunawayLoops(context, misused),
    ...findModelSwaps(context, misused),
    ...findCacheFalls(context),
    ...findPriceChanges(context),
    ...findPriceDrifts(given.reconciled, given.until),
  ];
  const continued = new Set<number>();
  const findings = candidates.map((candidate) => {
    const index = known.findIndex((episode) => continues(episode, candidate));
    continued.add(index);
    return toFinding(candidate, known[index]);
  });
  const isOver = (episode: KnownEpisode): boolean =>
    episode.status === 'resolved' ||
    context.seenUntil - episode.lastSeenAt >= PAUSE_MS[episode.kind];
  const over = given.known.filter((episode, index) => {
    const now = known[index] ?? episode;
    return episode.status === 'open' && !continued.has(index) && isOver(now);
  });
  return { findings, over };
}

const ended = (episode: KnownEpisode): KnownEpisode => ({ ...episode, status: 'resolved' });

const isUsual = ({ kind, startedAt }: KnownEpisode, until: number): boolean =>
  LASTING.includes(kind) && until - startedAt > LASTING_MS;

function continues(episode: KnownEpisode, candidate: Candidate): boolean {
  const { kind, scope, startedAt, seenUntil } = candidate;
  if (episode.kind !== kind || subjectOf(kind, episode.scope) !== subjectOf(kind, scope))
    return false;
  const pause = Math.max(PAUSE_MS[kind], RESUMED_MS);
  return (
    episode.lastSeenAt >= seenUntil - pause ||
    // One finding a day: it would have the same fingerprint.
    episode.startedOn === utcDay(new Date(startedAt)) ||
    (kind === 'price_drift' && episode.lastSeenAt >= startedAt)
  );
}

/** What makes two findings of a kind be about the same. */
function subjectOf(kind: LlmAnomalyKind, scope: UseScope): string {
  switch (kind) {
    case 'runaway_loop':
    case 'key_misuse':
      return keyName(scope);
    case 'model_swap':
      return JSON.stringify([keyName(scope), scope.model, scope.previousModel]);
    case 'cache_share':
      return JSON.stringify([scope.projectId, scope.model]);
    case 'price_change':
    case 'price_drift':
      return JSON.stringify([scope.model, scope.meter]);
  }
}

function toFinding(candidate: Candidate, earlier: KnownEpisode | undefined): LlmFinding {
  const { kind, seenUntil, score, excessADay, says, measure } = candidate;
  const startedAt = Math.min(candidate.startedAt, earlier?.startedAt ?? candidate.startedAt);
  const lastSeenOn = utcDay(new Date(seenUntil - 1));
  const total = measure(startedAt, seenUntil);
  const newest = measure(Math.max(startedAt, Date.parse(`${lastSeenOn}T00:00:00Z`)), seenUntil);
  const impact = total.actual - total.expected;
  return {
    kind,
    scope: earlier?.scope ?? candidate.scope,
    startedOn: earlier?.startedOn ?? utcDay(new Date(startedAt)),
    lastSeenOn,
    startedAt,
    seenUntil,
    ...newest,
    total: { actual: total.actual, expected: total.expected },
    score,
    excessADay,
    says,
    isNews:
      earlier === undefined ||
      earlier.status === 'resolved' ||
      Math.abs(impact - earlier.impact) >= GROWN_PART * Math.abs(earlier.impact) ||
      seenUntil - earlier.lastSeenAt >= TOLD_MS,
  };
}
