import { createSortedWindow, type SortedWindow } from './sortedWindow.ts';

/** Days of history before anything but a new service is judged. */
export const LEARNING_DAYS = 14;
/** Days of history until which thresholds are wider. */
export const YOUNG_DAYS = 28;

/** Lengths in days over which the newest mean is compared with the line that was fitted before them. */
export const RUN_LENGTHS = [2, 3, 5, 8, 12] as const;

/** A lasting move that has been noticed and is not yet learnt as the new level. */
export interface Run {
  direction: 1 | -1;
  /** First day of the move. */
  since: number;
  /** Days in a row that did not belong to it. */
  quietDays: number;
}

/** A level that was left by a re-base, kept to know a return when it comes. */
export interface LeftLevel {
  /** Log step that was made. */
  step: number;
  on: number;
}

/**
 * What is known of a series before a day is judged. Days are settled in calendar order, never looked at ahead; arrays are
 * indexed by day from the timeline's first day and hold log costs unless they say otherwise.
 */
export interface SeriesState {
  readonly firstDay: number;
  /** Days settled so far. */
  settled: number;
  /** First day with a charge; -1 before. */
  origin: number;
  /** First day of the days that are judged by this model; history before it is zero or forgotten. */
  start: number;
  /** Added to a cost before its logarithm is taken, so that zero is finite; 0 until it is known. */
  offset: number;
  /** Settled costs in currency units; NaN where missing. */
  readonly cost: Float64Array;
  /** Log cost without the month effect, as it was. */
  readonly raw: Float64Array;
  /** The same with surprises limited. */
  readonly clean: Float64Array;
  /** 1 where the day may teach the level, 0 for flagged and missing days. */
  readonly trust: Uint8Array;
  /** Level and slope per day of the line fitted up to each day. */
  readonly level: Float64Array;
  readonly slope: Float64Array;
  readonly longLevel: Float64Array;
  readonly longSlope: Float64Array;
  /** One-step error without any month effect, for learning one. */
  readonly plainError: Float64Array;
  /** The same in currency units: a charge that comes once a month adds, it does not multiply. */
  readonly extra: Float64Array;
  /** Distance of each day from the mean of its week, NaN where missing. */
  readonly weekResidual: Float64Array;
  /** Rise over each lag of the drift test, by day. */
  readonly drift: readonly Float64Array[];
  /** Mean of the week up to each day, weekday profile apart. */
  readonly weekMeans: Float64Array;
  /** How far it moved in a week, absolute. */
  readonly weekChanges: SortedWindow;
  readonly profile: Float64Array;
  /** The weekdays' effects before they are shrunk, and the weeks that each stands on. */
  readonly weekdayEffect: Float64Array;
  readonly weekdayWeeks: Float64Array;
  /** Relative noise of each weekday, 1 on average. */
  readonly weekdayNoise: Float64Array;
  readonly errors: SortedWindow;
  readonly scores: SortedWindow;
  readonly intervalScores: SortedWindow;
  readonly runScores: readonly SortedWindow[];
  readonly driftValues: readonly SortedWindow[];
  /** Widely kept holidays seen so far, and what part of the way to a weekend day they went. */
  holidaysSeen: number;
  holidayShare: number;
  /** Standard error of a one-step forecast in log terms. */
  sigma: number;
  /** Sums of the online regression of the next error on the last residuals. */
  readonly memory: Float64Array;
  /** Share of misses at which the 95% interval aims now (adaptive conformal inference). */
  intervalMiss: number;
  run: Run | undefined;
  leftLevel: LeftLevel | undefined;
  /** Last days on which a shift was learnt, a drift began to be reported, an alarm was raised; -1 for never. */
  lastShiftOn: number;
  driftSince: number;
  /** Last day of a run upwards that was found. */
  lastRiseOn: number;
  /** Days in a row that were flagged on one side. */
  flagged: { side: -1 | 0 | 1; days: number };
}

const DAY_ARRAYS = 13;
// Two arrays for each window of createSeriesState.
const WINDOW_VALUES = 2 * (60 + 200 + 90 + 120 + 80 * RUN_LENGTHS.length + 70 * 2);

/** A state for `length` days from day number `firstDay`, of which nothing is known. */
export function createSeriesState(firstDay: number, length: number): SeriesState {
  // One piece of memory for all: a hundred thousand series would otherwise make millions of small ones.
  const memory = new Float64Array(DAY_ARRAYS * length + WINDOW_VALUES + 3 * 7);
  let taken = 0;
  const take = (count: number) => memory.subarray(taken, (taken += count));
  const days = () => take(length);
  const window = (capacity: number) => createSortedWindow(capacity, take);
  return {
    firstDay,
    settled: 0,
    origin: -1,
    start: -1,
    offset: 0,
    cost: days(),
    raw: days(),
    clean: days(),
    trust: new Uint8Array(length),
    level: days(),
    slope: days(),
    longLevel: days(),
    longSlope: days(),
    plainError: days(),
    extra: days(),
    weekResidual: days(),
    drift: [days(), days()],
    weekMeans: days(),
    weekChanges: window(120),
    profile: take(7),
    weekdayEffect: take(7),
    weekdayWeeks: take(7),
    weekdayNoise: new Float64Array(7).fill(1),
    errors: window(60),
    scores: window(200),
    intervalScores: window(90),
    runScores: RUN_LENGTHS.map(() => window(80)),
    driftValues: [window(70), window(70)],
    holidaysSeen: 0,
    holidayShare: 0,
    sigma: 0.25,
    memory: new Float64Array(8),
    intervalMiss: 0.05,
    run: undefined,
    leftLevel: undefined,
    lastShiftOn: -1000,
    driftSince: -1000,
    lastRiseOn: -1000,
    flagged: { side: 0, days: 0 },
  };
}
