import type { LlmAnomalyKind } from '../../contracts/llmFinding.ts';
import { keyName, seriesBy, tokensIn, type UseSeries } from './useSeries.ts';
import {
  HOUR_MS,
  type KnownEpisode,
  MINUTE_MS,
  PEAK_MS,
  type UseCell,
  type UseScope,
  type UseView,
} from './useView.ts';

/** A view made ready for the detectors. */
export interface UseContext {
  view: UseView;
  /** Up to where the use has been told; what is newer than half an hour may not have come yet. */
  seenUntil: number;
  /** From here on cells are told by the minute. */
  recentFrom: number;
  /** By key, or by project where the key is not told. */
  byKey: ReadonlyMap<string, UseSeries>;
  /** USD that a finding comes to at least. */
  floor: number;
}

/** A period to judge, milliseconds UTC; `to` is excluded. */
export interface Window {
  from: number;
  to: number;
}

const LATE_MS = 30 * MINUTE_MS;
// A twentieth of a percent of what a day costs: where thousands are spent, a dollar is nothing.
const FLOOR_SHARE = 0.0005;
const SPEND_DAYS = 7;

/** Makes a view ready; use without a known price counts at the mean price of the other tokens, and never as nothing. */
export function prepareUse(given: UseView): UseContext {
  const view = estimateUnpriced(given);
  const newest = view.recent.reduce((max, { at }) => Math.max(max, at), 0) + MINUTE_MS;
  const recentFrom = startOfHour(
    view.recent.reduce((min, { at }) => Math.min(min, at), view.until - 6 * HOUR_MS),
  );
  const spendFrom = view.until - SPEND_DAYS * 24 * HOUR_MS;
  const spend = view.hours.reduce((sum, { at, cost }) => sum + (at >= spendFrom ? cost : 0), 0);
  return {
    view,
    seenUntil: Math.min(view.until, Math.max(newest, view.until - LATE_MS)),
    recentFrom,
    byKey: seriesBy(withRecentPeaks(view, recentFrom), keyName),
    floor: Math.max(view.minImpact, (spend / SPEND_DAYS) * FLOOR_SHARE),
  };
}

/** The last minutes, hour and six hours that were told. */
export function windowsOf(
  { seenUntil }: Pick<UseContext, 'seenUntil'>,
  minutes: readonly number[],
): Window[] {
  return minutes.map((length) => ({ from: seenUntil - length * MINUTE_MS, to: seenUntil }));
}

/** The finding of that kind and subject that may still be going on, if any. */
export function openEpisode(
  { view, seenUntil }: Pick<UseContext, 'view' | 'seenUntil'>,
  kind: LlmAnomalyKind,
  isAbout: (scope: UseScope) => boolean,
): KnownEpisode | undefined {
  return view.known.find(
    (episode) =>
      episode.kind === kind &&
      episode.status !== 'resolved' &&
      episode.lastSeenAt >= seenUntil - PAUSE_MS[kind] &&
      isAbout(episode.scope),
  );
}

/** How long a finding may not be seen before it is over: a loop stops, but most keys rest at night. */
export const PAUSE_MS: Record<LlmAnomalyKind, number> = {
  runaway_loop: HOUR_MS,
  key_misuse: HOUR_MS,
  cache_share: 26 * HOUR_MS,
  price_change: 26 * HOUR_MS,
  model_swap: 26 * HOUR_MS,
  price_drift: 0,
};

// What a person has called usual is habit; all other findings are not.
const USUAL = ['expected', 'planned', 'false_alarm'];

/** Says of an hour whether a finding of more use than usual covers it for the key: then it is no habit. */
export function leftOutHours(
  { view }: Pick<UseContext, 'view'>,
  name: string,
): (at: number) => boolean {
  const spans = view.known
    .filter(
      ({ kind, scope, status }) =>
        (kind === 'runaway_loop' || kind === 'key_misuse') &&
        !USUAL.includes(status) &&
        keyName(scope) === name,
    )
    .map(({ startedAt, lastSeenAt }) => [startedAt - HOUR_MS, lastSeenAt] as const);
  return (at) => spans.some(([from, to]) => at > from && at < to);
}

/** The project that a key's cells cost most in. */
export function mainProject(cells: readonly UseCell[]): string {
  const costs = new Map<string, number>();
  for (const { projectId, cost } of cells) costs.set(projectId, (costs.get(projectId) ?? 0) + cost);
  return [...costs].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

/** A scope in which only what is given is told. */
export const scopeOf = (given: Partial<UseScope>): UseScope => ({
  projectId: '',
  apiKeyId: '',
  model: '',
  previousModel: '',
  meter: '',
  ...given,
});

const startOfHour = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;

/** Hours that are told by the minute too may not be summed yet: their peaks are those of their minutes. */
function withRecentPeaks(view: UseView, recentFrom: number): UseView {
  const isUnsummed = ({ at, peak }: UseCell) => peak === undefined && at >= recentFrom;
  const unsummed = new Set(view.hours.filter(isUnsummed).map(({ at }) => at));
  if (unsummed.size === 0) return view;
  const spans = new Map<string, { cost: number; tokens: number }>();
  for (const cell of view.recent) {
    if (!unsummed.has(startOfHour(cell.at))) continue;
    const name = spanName(Math.floor(cell.at / PEAK_MS), cell);
    const span = spans.get(name) ?? { cost: 0, tokens: 0 };
    spans.set(name, { cost: span.cost + cell.cost, tokens: span.tokens + tokensIn(cell) });
  }
  const peakOf = (cell: UseCell): NonNullable<UseCell['peak']> => {
    const own = Array.from({ length: HOUR_MS / PEAK_MS }, (_, index) =>
      spans.get(spanName(cell.at / PEAK_MS + index, cell)),
    );
    const most = (of: 'cost' | 'tokens') => Math.max(...own.map((span) => span?.[of] ?? 0));
    return { cost: most('cost'), tokens: most('tokens') };
  };
  const hours = view.hours.map((cell) =>
    isUnsummed(cell) ? { ...cell, peak: peakOf(cell) } : cell,
  );
  return { ...view, hours };
}

const spanName = (span: number, { projectId, apiKeyId, model, tier }: UseCell): string =>
  JSON.stringify([span, projectId, apiKeyId, model, tier]);

// USD for a token where the connection has no priced one: a dollar a million.
const PRICE_UNKNOWN = 1e-6;

function estimateUnpriced(view: UseView): UseView {
  if (!view.hours.some(({ unpricedTokens }) => unpricedTokens > 0)) return view;
  let cost = 0;
  let tokens = 0;
  for (const cell of view.hours) {
    cost += cell.cost;
    for (const [meter, count] of Object.entries(cell.units))
      if (meter !== 'web_search') tokens += count;
    tokens -= cell.unpricedTokens;
  }
  const price = tokens > 0 && cost > 0 ? cost / tokens : PRICE_UNKNOWN;
  const estimate = (cell: UseCell): UseCell =>
    cell.unpricedTokens === 0
      ? cell
      : {
          ...cell,
          cost: cell.cost + cell.unpricedTokens * price,
          ...(cell.peak && {
            peak: { ...cell.peak, cost: cell.peak.cost + cell.peak.tokens * price },
          }),
        };
  return { ...view, hours: view.hours.map(estimate), recent: view.recent.map(estimate) };
}
