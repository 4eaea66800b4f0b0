import type { AnomalyStatus } from '../../contracts/anomaly.ts';
import type { LlmAnomalyKind } from '../../contracts/llmFinding.ts';
import type { LlmMeter } from '../meters.ts';

/** The kinds of use whose prices and shares are judged. */
export const JUDGED_METERS = [
  'input',
  'cache_read',
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'reasoning',
  'web_search',
] as const satisfies readonly LlmMeter[];

/** A kind of use that is judged. */
export type JudgedMeter = (typeof JUDGED_METERS)[number];

/** The use of one model by one key in one project, in one bucket; statistics, so plain numbers. */
export interface UseCell {
  /** Start of the bucket, milliseconds UTC. */
  at: number;
  projectId: string;
  /** '' where the source tells no key. */
  apiKeyId: string;
  model: string;
  /** Service tier and context window, which have prices of their own. */
  tier: string;
  /** USD; only what has a known price. */
  cost: number;
  /** Tokens of which no part has a known price. */
  unpricedTokens: number;
  units: Partial<Record<JudgedMeter, number>>;
  /** USD by kind of use. */
  parts: Partial<Record<JudgedMeter, number>>;
  /** The most in ten minutes of the bucket, USD and tokens; undefined where not known: all of it may have been in ten. */
  peak?: { cost: number; tokens: number };
}

/** Which use a finding is about; '' where it is about all of them or not told. */
export interface UseScope {
  projectId: string;
  apiKeyId: string;
  model: string;
  previousModel: string;
  meter: string;
}

/** A finding that was reported before. */
export interface KnownEpisode {
  kind: LlmAnomalyKind;
  scope: UseScope;
  startedOn: string;
  /** Milliseconds UTC. */
  startedAt: number;
  lastSeenAt: number;
  status: AnomalyStatus;
  /** USD so far. */
  impact: number;
}

/** One kind of use of a model on a UTC day: our reckoning and the provider's bill, USD. */
export interface ReconciledDay {
  day: string;
  model: string;
  meter: string;
  ours: string | null;
  /** What `ours` comes to at most, where the use leaves two rates open; null where nothing is compared. */
  oursMax: string | null;
  theirs: string;
}

/** All that judging a connection's use needs. */
export interface UseView {
  /** Everything before it has been told, milliseconds UTC, on a minute. */
  until: number;
  /** By the UTC hour, the last 35 days and the hour that goes on. */
  hours: readonly UseCell[];
  /** By the minute, from the start of an hour at least six hours before `until`. */
  recent: readonly UseCell[];
  known: readonly KnownEpisode[];
  reconciled: readonly ReconciledDay[];
  /** The connection's floor: less USD is not worth a word. */
  minImpact: number;
  /** 0.5 to 2; more finds more. */
  sensitivity: number;
}

export const MINUTE_MS = 60_000;
/** What `UseCell.peak` is of. */
export const PEAK_MS = 10 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Days of habit: a job that runs once a month has been seen. */
export const HABIT_DAYS = 35;
