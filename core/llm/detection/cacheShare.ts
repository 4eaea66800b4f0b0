import type { Candidate } from './candidate.ts';
import { openEpisode, scopeOf, type UseContext, type Window, windowsOf } from './useContext.ts';
import { cellsOf, costOf, keyName, seriesBy, sumMeters, type UseSeries } from './useSeries.ts';
import { DAY_MS, HOUR_MS, type UseCell } from './useView.ts';

const PROMPT = ['input', 'cache_read', 'cache_write', 'cache_write_5m', 'cache_write_1h'] as const;
// At night a cache that is missed takes half a day to come to an amount.
const WINDOWS = [15, 30, 60, 120, 240, 360, 720] as const;
const HIDDEN_MS = 12 * HOUR_MS;
const HABIT_MS = 7 * DAY_MS;
const TIMES_MS = 14 * DAY_MS;
const ACTIVE_HOURS = 24;
// The share must have lost a quarter and eight points, and lie under what hours of this time of the day show.
const LEFT_PART = 0.75;
const POINTS = 0.08;
const LOW_QUANTILE = 0.05;
const GOING_ON = 0.5;

/**
 * Projects whose prompts to a model are read from the cache less than they were, by what that costs. What is usual is
 * learnt for each key, so that a key without a cache that grows is no fall.
 */
export function findCacheFalls(context: UseContext): Candidate[] {
  const series = seriesBy(context.view, ({ projectId, model }) =>
    JSON.stringify([projectId, model]),
  );
  return [...series.values()].flatMap((one) => {
    const [cell] = one.recent;
    if (cell === undefined) return [];
    const { projectId, model } = cell;
    const known = openEpisode(
      context,
      'cache_share',
      (scope) => scope.projectId === projectId && scope.model === model,
    );
    // What is seen began in the last hours, so they are no habit.
    const before = known?.startedAt ?? context.seenUntil - HIDDEN_MS;
    const floor = context.floor * (known === undefined ? 1 : GOING_ON);
    // Nobody can lose more than was spent.
    if (costOf(one.recent) < floor) return [];
    const keys = usualMixes(one, before);
    for (const window of windowsOf(context, WINDOWS)) {
      const fall = judgePrompts(context, keys, window);
      if (fall.effect < floor || !hasFallen(one, fall, window, before)) continue;
      return [toCandidate(context, keys, { projectId, model }, { fall, window })];
    }
    return [];
  });
}

/** A key's prompts and their usual mix. */
interface KeyPrompts {
  series: UseSeries;
  usual: Meters | undefined;
}

const usualMixes = (series: UseSeries, before: number): KeyPrompts[] =>
  [...seriesBy(series, keyName).values()].map((own) => ({
    series: own,
    usual: usualMix(own, before),
  }));

interface PromptFall {
  tokens: number;
  cached: number;
  /** Tokens that would have been read from the cache as usual. */
  expectedCached: number;
  /** Cost of the prompts, and what they cost beyond the usual mix at the prices of now; USD. */
  cost: number;
  effect: number;
}

/** Sets the prompts of a period beside the usual mix of each key. */
function judgePrompts(
  context: UseContext,
  keys: readonly KeyPrompts[],
  { from, to }: Window,
): PromptFall {
  const sum: PromptFall = { tokens: 0, cached: 0, expectedCached: 0, cost: 0, effect: 0 };
  for (const { series, usual } of keys) {
    const now = sumMeters(cellsOf(series, from, to, context.recentFrom), PROMPT);
    const tokens = total(now, 'units');
    sum.tokens += tokens;
    sum.cached += now['cache_read']?.units ?? 0;
    sum.cost += total(now, 'cost');
    // A key without a habit is as it is.
    if (usual === undefined) {
      sum.expectedCached += now['cache_read']?.units ?? 0;
      continue;
    }
    const usualTokens = total(usual, 'units');
    sum.expectedCached += (tokens * (usual['cache_read']?.units ?? 0)) / usualTokens;
    for (const meter of PROMPT) {
      const units = now[meter]?.units ?? 0;
      const usualUnits = (tokens * (usual[meter]?.units ?? 0)) / usualTokens;
      sum.effect += (units - usualUnits) * priceOf(now[meter], usual[meter]);
    }
  }
  return sum;
}

type Meters = ReturnType<typeof sumMeters>;

const total = (meters: Meters, name: 'units' | 'cost'): number =>
  Object.values(meters).reduce((sum, meter) => sum + meter[name], 0);

/** USD a token: of now where there is any, else of before. */
function priceOf(now: Meters[string] | undefined, before: Meters[string] | undefined): number {
  for (const meter of [now, before]) if (meter && meter.units > 0) return meter.cost / meter.units;
  return 0;
}

function usualMix(series: UseSeries, before: number): Meters | undefined {
  const end = Math.floor(before / HOUR_MS) * HOUR_MS;
  const hours = series.hours.filter(({ at }) => at < end && at >= end - HABIT_MS);
  if (new Set(hours.map(({ at }) => at)).size < ACTIVE_HOURS) return undefined;
  const mix = sumMeters(hours, PROMPT);
  return total(mix, 'units') > 0 ? mix : undefined;
}

function hasFallen(
  series: UseSeries,
  { tokens, cached, expectedCached }: PromptFall,
  window: Window,
  before: number,
): boolean {
  const share = cached / tokens;
  const usual = expectedCached / tokens;
  return (
    share <= LEFT_PART * usual &&
    usual - share >= POINTS &&
    share < lowShare(series, window, before)
  );
}

/** The cached share that one of twenty hours of about this time of the day goes below; tiny hours say nothing. */
function lowShare({ hours }: UseSeries, { to }: Window, before: number): number {
  const end = Math.floor(before / HOUR_MS) * HOUR_MS;
  const byHour = new Map<number, UseCell[]>();
  for (const cell of hours)
    if (cell.at < end && cell.at >= end - TIMES_MS && isNear(cell.at, to - 1))
      byHour.set(cell.at, [...(byHour.get(cell.at) ?? []), cell]);
  const prompts = [...byHour.values()].map((cells) => {
    const meters = sumMeters(cells, PROMPT);
    return { tokens: total(meters, 'units'), cached: meters['cache_read']?.units ?? 0 };
  });
  const mean = prompts.reduce((sum, { tokens }) => sum + tokens, 0) / Math.max(1, prompts.length);
  const shares = prompts
    .filter(({ tokens }) => tokens >= mean / 4 && tokens > 0)
    .map(({ tokens, cached }) => cached / tokens)
    .sort((a, b) => a - b);
  return shares[Math.floor(LOW_QUANTILE * shares.length)] ?? 1;
}

/** Whether two times lie within two hours of the day. */
function isNear(a: number, b: number): boolean {
  const apart = Math.abs(new Date(a).getUTCHours() - new Date(b).getUTCHours());
  return Math.min(apart, 24 - apart) <= 2;
}

function toCandidate(
  context: UseContext,
  keys: readonly KeyPrompts[],
  about: { projectId: string; model: string },
  { fall, window }: { fall: PromptFall; window: Window },
): Candidate {
  const percent = (tokens: number) => `${Math.round((100 * tokens) / fall.tokens)}%`;
  return {
    kind: 'cache_share',
    scope: scopeOf(about),
    startedAt: window.from,
    seenUntil: window.to,
    score: fall.cost / Math.max(fall.cost - fall.effect, 0.01),
    excessADay: (fall.effect / (window.to - window.from)) * DAY_MS,
    says: `Of the prompts to ${about.model}, ${percent(fall.cached)} were read from the cache, usually ${percent(fall.expectedCached)}: ${fall.effect.toFixed(2)} USD more in the last ${(window.to - window.from) / HOUR_MS} hours.`,
    measure: (from, to) => {
      const { cost, effect } = judgePrompts(context, keys, { from, to });
      return { actual: cost, expected: cost - effect, upper: cost - effect };
    },
  };
}
