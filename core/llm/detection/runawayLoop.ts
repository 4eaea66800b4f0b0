import type { Candidate } from './candidate.ts';
import { type HourHabit, learnHourHabit } from './hourHabit.ts';
import {
  leftOutHours,
  mainProject,
  openEpisode,
  scopeOf,
  type UseContext,
  type Window,
  windowsOf,
} from './useContext.ts';
import { cellsOf, costOf, keyName, tokensIn, tokensOf, type UseSeries } from './useSeries.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, PEAK_MS, type UseCell } from './useView.ts';

/** Minutes that are judged; minutes are soon enough for much, an hour finds what is slower. */
export const LOOP_MINUTES = [5, 10, 15, 60] as const;
// How many times the most of ten usual minutes some minutes must have held, of a usual hour an hour, and of a usual hour some
// minutes where an hour's use may come at once. Fewer tokens will do, but for minutes it must be more than ever.
const FACTORS = {
  tenMinutes: { cost: 2, tokens: 1.1 },
  hour: { cost: 2.5, tokens: 1.25 },
  hourAtOnce: { cost: 1.5, tokens: 0.75 },
} as const;
// Ten minutes that were a quarter as full on fewer days are no habit: a job of the month may be faster this time.
const PEAK_PART = 0.25;
const PEAK_DAYS = 3;
// What ten minutes may cost before hours of the day are told apart by it, as a part of what an hour may.
const PEAK_TOLERANCE = 1 / 3;
// What goes on already needs less to be seen.
const GOING_ON = 0.5;
// A key of the first day has no habit yet: only much money is a finding.
const YOUNG_HOURS = 24;
const YOUNG_FACTOR = 4;
// A batch that is counted at one moment is no loop: another span of minutes must show it too. Short, so that a loop is one
// after four minutes: five more until the provider tells them, and five until the next poll, stay below fifteen.
const SUSTAINED_SPAN_MS = 3 * MINUTE_MS;
const SUSTAINED_SHARE = 0.15;

/**
 * Keys that spend far more than they ever do in an hour about this time, with more tokens, and keep on.
 *
 * @param misused names of keys of which more than that is known
 */
export function findRunawayLoops(context: UseContext, misused: ReadonlySet<string>): Candidate[] {
  return [...context.byKey].flatMap(([name, series]) => {
    const loop = misused.has(name) ? undefined : judgeKey(context, name, series);
    return loop === undefined ? [] : [loop];
  });
}

function judgeKey(context: UseContext, name: string, series: UseSeries): Candidate | undefined {
  const known = openEpisode(context, 'runaway_loop', (scope) => keyName(scope) === name);
  const ease = known === undefined ? 1 : GOING_ON;
  for (const minutes of LOOP_MINUTES) {
    const [window] = windowsOf(context, [minutes]);
    if (window === undefined) continue;
    const cells = cellsOf(series, window.from, window.to, context.recentFrom);
    const spent = costOf(cells);
    if (spent < context.floor * ease) continue;
    const habit = keyHabit(context, name, series, known?.startedAt ?? window.from);
    const usual = habitOver(habit, window).expected;
    const isYoung = habit.ageHours < YOUNG_HOURS;
    const excess = spent - usual;
    if (excess < context.floor * ease * (isYoung ? YOUNG_FACTOR : 1)) continue;
    const before = known?.startedAt ?? window.from;
    if (!isFarOver(context, { name, series, before }, window, ease)) continue;
    if (minutes < 60 && !isSustained(series.recent, window)) continue;
    const usually = usualMost(context, { name, series, before }, window, 'cost');
    return toCandidate(context, { name, series, habit, window, cells, excess, usually });
  }
  return undefined;
}

/**
 * Whether a key spent in a period far over what is usual about this time, and with more tokens: without them it is a dearer
 * model, another price or a cache that is missed, which are findings of their own. Minutes are set beside the most that ten
 * minutes ever held, an hour beside the most of an hour.
 */
export function isFarOver(
  context: UseContext,
  { name, series, before }: { name: string; series: UseSeries; before: number },
  window: Window,
  ease: number,
): boolean {
  const cells = cellsOf(series, window.from, window.to, context.recentFrom);
  const times = ease / context.view.sensitivity;
  const enough = (of: keyof typeof MEASURES) => {
    const { factor, most } = usualMost(context, { name, series, before }, window, of);
    return times * factor * most;
  };
  return costOf(cells) >= enough('cost') && tokensOf(cells) >= enough('tokens');
}

/** What is measured of a cell: all of it, and of its fullest ten minutes. */
const MEASURES = {
  cost: {
    all: ({ cost }: UseCell) => cost,
    peak: ({ cost, peak }: UseCell) => peak?.cost ?? cost,
  },
  tokens: {
    all: (cell: UseCell) => tokensIn(cell),
    peak: (cell: UseCell) => cell.peak?.tokens ?? tokensIn(cell),
  },
} as const;

/** The most that a period as long as this one usually holds, whether that was in ten minutes, and how many times it is far over. */
function usualMost(
  context: UseContext,
  { name, series, before }: { name: string; series: UseSeries; before: number },
  { from, to }: Window,
  of: keyof typeof MEASURES,
): { most: number; factor: number; isOfTen: boolean } {
  const { all, peak } = MEASURES[of];
  const inHour = keyHabit(context, name, series, before, all).ceilingAt(to - 1);
  const lengthMs = to - from;
  if (lengthMs >= HOUR_MS) return { most: inHour, factor: FACTORS.hour[of], isOfTen: false };
  const habit = keyHabit(context, name, series, before, peak, PEAK_TOLERANCE);
  const inTen = habit.ceilingAt(to - 1);
  const most = inTen * Math.max(1, lengthMs / PEAK_MS);
  const isHabit = habit.daysOf(to - 1, PEAK_PART * inTen) >= PEAK_DAYS;
  return most < inHour && isHabit
    ? { most, factor: FACTORS.tenMinutes[of], isOfTen: true }
    : { most: inHour, factor: FACTORS.hourAtOnce[of], isOfTen: false };
}

/** What the key usually costs an hour, learnt from before a moment. */
export function keyHabit(
  context: UseContext,
  name: string,
  series: UseSeries,
  before: number,
  valueOf: (cell: UseCell) => number = ({ cost }) => cost,
  tolerancePart = 1,
): HourHabit {
  return learnHourHabit(series.hours, before, valueOf, {
    tolerance: context.floor * tolerancePart,
    isLeftOut: leftOutHours(context, name),
  });
}

/** What a habit says of a period; part of an hour counts as such, and its ceiling as a whole. */
export function habitOver(
  habit: HourHabit,
  { from, to }: Window,
): { expected: number; upper: number } {
  let expected = 0;
  let upper = 0;
  for (let hour = Math.floor(from / HOUR_MS) * HOUR_MS; hour < to; hour += HOUR_MS) {
    const part = (Math.min(to, hour + HOUR_MS) - Math.max(from, hour)) / HOUR_MS;
    expected += habit.meanAt(hour) * part;
    upper += habit.ceilingAt(hour);
  }
  return { expected, upper: Math.max(expected, upper) };
}

function isSustained(recent: readonly UseCell[], { from, to }: Window): boolean {
  const spans = new Map<number, number>();
  for (const { at, cost } of recent) {
    if (at < from || at >= to) continue;
    const span = Math.floor((to - 1 - at) / SUSTAINED_SPAN_MS);
    spans.set(span, (spans.get(span) ?? 0) + cost);
  }
  const total = [...spans.values()].reduce((sum, cost) => sum + cost, 0);
  return [...spans.values()].filter((cost) => cost >= SUSTAINED_SHARE * total).length >= 2;
}

function toCandidate(
  { recentFrom }: UseContext,
  found: {
    name: string;
    series: UseSeries;
    habit: HourHabit;
    window: Window;
    cells: UseCell[];
    excess: number;
    usually: { most: number; isOfTen: boolean };
  },
): Candidate {
  const { series, habit, window, cells, excess, name, usually } = found;
  const spent = costOf(cells);
  const minutes = (window.to - window.from) / MINUTE_MS;
  const [first] = cells;
  return {
    kind: 'runaway_loop',
    scope: scopeOf({ apiKeyId: first?.apiKeyId ?? '', projectId: mainProject(cells) }),
    startedAt: beginning(series.recent, window),
    seenUntil: ending(series.recent, window),
    score: spent / Math.max(habitOver(habit, window).expected, 0.01),
    excessADay: (excess / (window.to - window.from)) * DAY_MS,
    says: `The ${name} spent ${spent.toFixed(2)} USD in ${minutes} minutes; about this time it has spent at most ${usually.most.toFixed(2)} USD in ${usually.isOfTen ? 'as many' : 'a whole hour'}.`,
    measure: (from, to) => ({
      actual: costOf(cellsOf(series, from, to, recentFrom)),
      ...habitOver(habit, { from, to }),
    }),
  };
}

const STEP_MS = 5 * MINUTE_MS;

const costIn = (recent: readonly UseCell[], from: number, lengthMs: number): number =>
  costOf(recent.filter(({ at }) => at >= from && at < from + lengthMs));

/** Cost of five minutes of the window, on average. */
const meanCost = (recent: readonly UseCell[], { from, to }: Window): number =>
  costIn(recent, from, to - from) / ((to - from) / STEP_MS);

/** Goes back from the window for as long as five minutes cost half of what they cost in it. */
function beginning(recent: readonly UseCell[], window: Window): number {
  const mean = meanCost(recent, window);
  let start = window.from;
  while (costIn(recent, start - STEP_MS, STEP_MS) >= mean / 2 && start > window.from - 6 * HOUR_MS)
    start -= STEP_MS;
  // What is quiet at the beginning came before it.
  for (const lengthMs of [STEP_MS, MINUTE_MS]) {
    const quiet = (mean * lengthMs) / STEP_MS / 4;
    while (start < window.to - lengthMs && costIn(recent, start, lengthMs) < quiet)
      start += lengthMs;
  }
  return start;
}

/** What is quiet at the end of the window comes after it. */
function ending(recent: readonly UseCell[], window: Window): number {
  const mean = meanCost(recent, window);
  let end = window.to;
  while (end > window.from + STEP_MS && costIn(recent, end - STEP_MS, STEP_MS) < mean / 4)
    end -= STEP_MS;
  return end;
}
