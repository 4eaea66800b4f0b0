import type { Candidate } from './candidate.ts';
import { learnHourHabit } from './hourHabit.ts';
import { habitOver } from './runawayLoop.ts';
import {
  mainProject,
  openEpisode,
  scopeOf,
  type UseContext,
  type Window,
  windowsOf,
} from './useContext.ts';
import { cellsOf, costOf, keyName, tokensIn, tokensOf, type UseSeries } from './useSeries.ts';
import { DAY_MS, HOUR_MS, type UseCell } from './useView.ts';

const WINDOWS = [15, 30, 60, 120, 240, 360] as const;
const HIDDEN_MS = 6 * HOUR_MS;
const HABIT_MS = 7 * DAY_MS;
const ACTIVE_HOURS = 24;
// Parts of the key's tokens: what a model must have had and lost, and what another must have come to from nothing.
const HAD_SHARE = 0.3;
const LEFT_PART = 0.5;
const NEW_SHARE = 0.3;
const BEFORE_SHARE = 0.05;
const GOING_ON = 0.5;

/**
 * Keys whose traffic has moved from one model to another, where that makes a difference in money, up or down.
 *
 * @param misused names of keys of which more than that is known
 */
export function findModelSwaps(context: UseContext, misused: ReadonlySet<string>): Candidate[] {
  return [...context.byKey].flatMap(([name, series]) => {
    if (misused.has(name)) return [];
    const known = openEpisode(context, 'model_swap', (scope) => keyName(scope) === name);
    // What is seen began in the last hours, so they are no habit.
    const habit = habitBefore(series, known?.startedAt ?? context.seenUntil - HIDDEN_MS);
    if (habit === undefined) return [];
    const floor = context.floor * (known === undefined ? 1 : GOING_ON);
    for (const window of windowsOf(context, WINDOWS)) {
      const swap = judgeKey(context, { name, series, habit }, window);
      if (swap && Math.abs(swap.effect) >= floor) return [toCandidate(context, swap, window)];
    }
    return [];
  });
}

/** What the key's tokens were for in a week. */
interface ModelHabit {
  tokens: number;
  byModel: Map<string, { tokens: number; cost: number }>;
}

interface Judged {
  name: string;
  series: UseSeries;
  habit: ModelHabit;
}

interface Swap extends Judged {
  from: string;
  to: string;
  cells: UseCell[];
  /** USD more than the same tokens cost on the model of before. */
  effect: number;
}

function habitBefore(series: UseSeries, before: number): ModelHabit | undefined {
  const end = Math.floor(before / HOUR_MS) * HOUR_MS;
  const hours = series.hours.filter(({ at }) => at < end && at >= end - HABIT_MS);
  if (new Set(hours.map(({ at }) => at)).size < ACTIVE_HOURS) return undefined;
  return { tokens: tokensOf(hours), byModel: modelsOf(hours) };
}

function modelsOf(cells: readonly UseCell[]): ModelHabit['byModel'] {
  const models: ModelHabit['byModel'] = new Map();
  for (const cell of cells) {
    const sum = models.get(cell.model) ?? { tokens: 0, cost: 0 };
    sum.tokens += tokensOf([cell]);
    sum.cost += cell.cost;
    models.set(cell.model, sum);
  }
  return models;
}

function judgeKey(context: UseContext, judged: Judged, { from, to }: Window): Swap | undefined {
  const { series, habit } = judged;
  const cells = cellsOf(series, from, to, context.recentFrom);
  const tokens = tokensOf(cells);
  if (tokens === 0 || habit.tokens === 0) return undefined;
  const models = modelsOf(cells);
  const shareNow = (model: string) => (models.get(model)?.tokens ?? 0) / tokens;
  const shareBefore = (model: string) => (habit.byModel.get(model)?.tokens ?? 0) / habit.tokens;
  const loser = [...habit.byModel.keys()]
    .filter((model) => shareBefore(model) >= HAD_SHARE)
    .filter((model) => shareNow(model) <= LEFT_PART * shareBefore(model))
    .sort((a, b) => shareBefore(b) - shareNow(b) - (shareBefore(a) - shareNow(a)))[0];
  const gainer = [...models.keys()]
    .filter((model) => shareNow(model) >= NEW_SHARE && shareBefore(model) < BEFORE_SHARE)
    .sort((a, b) => shareNow(b) - shareNow(a))[0];
  if (loser === undefined || gainer === undefined) return undefined;
  // What comes on top, beside the model of before, has not moved.
  const left = models.get(loser)?.tokens ?? 0;
  if (left > LEFT_PART * usualTokens(series, loser, { from, to })) return undefined;
  return {
    ...judged,
    from: loser,
    to: gainer,
    cells,
    effect: effectOf(habit, cells, loser, gainer),
  };
}

/** The tokens of a model that are usual about that time of the day. */
function usualTokens(series: UseSeries, model: string, window: Window): number {
  const habit = learnHourHabit(
    series.hours.filter((cell) => cell.model === model),
    window.from,
    tokensIn,
    { tolerance: 0, isLeftOut: () => false },
  );
  return habitOver(habit, window).expected;
}

/** What the tokens that moved cost beyond what they cost on the model of before, USD. */
function effectOf(habit: ModelHabit, cells: UseCell[], from: string, to: string): number {
  const before = habit.byModel.get(from);
  const own = cells.filter(({ model }) => model === to);
  if (before === undefined || before.tokens === 0) return 0;
  const tokens = tokensOf(own);
  // Tokens that the other model did not lose have not moved.
  const lost =
    (before.tokens / habit.tokens) * tokensOf(cells) -
    tokensOf(cells.filter(({ model }) => model === from));
  const moved = tokens === 0 ? 0 : Math.min(1, Math.max(0, lost) / tokens);
  return moved * (costOf(own) - tokens * (before.cost / before.tokens));
}

function toCandidate(context: UseContext, swap: Swap, window: Window): Candidate {
  const { series, habit, from, to, cells, effect, name } = swap;
  const ownCost = costOf(cells.filter(({ model }) => model === to));
  const direction = effect > 0 ? 'more' : 'less';
  return {
    kind: 'model_swap',
    scope: scopeOf({
      apiKeyId: cells[0]?.apiKeyId ?? '',
      projectId: mainProject(cells),
      model: to,
      previousModel: from,
    }),
    startedAt: Math.max(
      window.from,
      cells.reduce((min, { at, model }) => (model === to ? Math.min(min, at) : min), window.to),
    ),
    seenUntil: window.to,
    score: ownCost / Math.max(ownCost - effect, 0.01),
    excessADay: (effect / (window.to - window.from)) * DAY_MS,
    says: `The traffic of ${name} moved from ${from} to ${to}: ${Math.abs(effect).toFixed(2)} USD ${direction} than on ${from} in the last ${(window.to - window.from) / HOUR_MS} hours.`,
    measure: (start, end) => {
      const own = cellsOf(series, start, end, context.recentFrom);
      const actual = costOf(own);
      const expected = actual - effectOf(habit, own, from, to);
      return { actual, expected, upper: expected };
    },
  };
}
