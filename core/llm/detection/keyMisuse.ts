import type { Candidate } from './candidate.ts';
import { habitOver, isFarOver, keyHabit, LOOP_MINUTES } from './runawayLoop.ts';
import {
  leftOutHours,
  mainProject,
  openEpisode,
  scopeOf,
  type UseContext,
  type Window,
  windowsOf,
} from './useContext.ts';
import { cellsOf, costOf, keyName, type UseSeries } from './useSeries.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type UseCell } from './useView.ts';

// Before that nothing is new to a key.
const AGE_HOURS = 7 * 24;
const ACTIVE_HOURS = 24;
const GOING_ON = 0.5;

/**
 * Keys that are used with a model that they have never used, for money, and at an hour at which they are never used or
 * with more volume than ever: as somebody else would use them.
 */
export function findKeyMisuse(context: UseContext): Candidate[] {
  return [...context.byKey].flatMap(([name, series]) => {
    for (const window of windowsOf(context, LOOP_MINUTES)) {
      const misuse = judgeKey(context, name, series, window);
      if (misuse !== undefined) return [misuse];
    }
    return [];
  });
}

function judgeKey(
  context: UseContext,
  name: string,
  series: UseSeries,
  window: Window,
): Candidate | undefined {
  const known = openEpisode(context, 'key_misuse', (scope) => keyName(scope) === name);
  const ease = known === undefined ? 1 : GOING_ON;
  const before = known?.startedAt ?? window.from;
  const cells = cellsOf(series, window.from, window.to, context.recentFrom);
  if (costOf(cells) < context.floor * ease) return undefined;
  const models = newModels(context, name, series, cells, before);
  const own = cells.filter(({ model }) => models.has(model));
  const spent = costOf(own);
  if (spent < context.floor * ease) return undefined;
  const habit = keyHabit(context, name, series, before);
  if (habit.ageHours < AGE_HOURS || habit.activeHours < ACTIVE_HOURS) return undefined;
  const isNewHour = !habit.isUsedAt(window.to - 1);
  const isNewVolume = isFarOver(context, { name, series, before }, window, ease);
  if (!isNewHour && !isNewVolume && known === undefined) return undefined;
  const model = dearest(own);
  const hour = new Date(window.to - 1).getUTCHours();
  return {
    kind: 'key_misuse',
    scope: scopeOf({ apiKeyId: own[0]?.apiKeyId ?? '', projectId: mainProject(cells) }),
    startedAt: Math.max(
      window.from,
      own.reduce((min, { at }) => Math.min(min, at), window.to),
    ),
    // What is quiet at the end of the window comes after it.
    seenUntil: Math.min(window.to, own.reduce((max, { at }) => Math.max(max, at), 0) + MINUTE_MS),
    score: costOf(cells) / Math.max(habitOver(habit, window).expected, 0.01),
    excessADay: (spent / (window.to - window.from)) * DAY_MS,
    says: `The ${name} spent ${spent.toFixed(2)} USD on ${model}, which it has never used, ${
      isNewHour
        ? `at ${hour}:00 UTC, when it is never used.`
        : 'and far more than it ever spends about this time.'
    } It may have leaked.`,
    measure: (from, to) => ({
      actual: costOf(cellsOf(series, from, to, context.recentFrom)),
      ...habitOver(habit, { from, to }),
    }),
  };
}

/** Models of the cells that the key has not been used with before. */
function newModels(
  context: UseContext,
  name: string,
  series: UseSeries,
  cells: readonly UseCell[],
  before: number,
): Set<string> {
  const isLeftOut = leftOutHours(context, name);
  const models = new Set(cells.map(({ model }) => model));
  // The hour of the beginning may hold the beginning itself.
  const end = Math.floor(before / HOUR_MS) * HOUR_MS;
  for (const { at, model } of series.hours) if (at < end && !isLeftOut(at)) models.delete(model);
  return models;
}

function dearest(cells: readonly UseCell[]): string {
  const costs = new Map<string, number>();
  for (const { model, cost } of cells) costs.set(model, (costs.get(model) ?? 0) + cost);
  return [...costs].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
