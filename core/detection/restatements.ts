import {
  pushToWindow,
  type SortedWindow,
  createSortedWindow,
  windowQuantile,
} from './sortedWindow.ts';

const REMEMBERED_DAYS = 45;
const AGE_MAX = 3;

/** How a series' days change after they were first seen. Made when the first late value arrives. */
export interface Restatements {
  /** The largest age, in days, at which each day changed by more than 1% after first sight; 0 for never. */
  readonly changeAge: Uint8Array;
  /** What each day showed at age 0, 1 and 2; NaN where nothing. */
  readonly atAge: readonly Float64Array[];
  /** Log of final over what was shown, by age. */
  readonly completeness: readonly SortedWindow[];
}

/** A record for `length` days without a change so far. */
export function createRestatements(length: number): Restatements {
  const ages = Array.from({ length: AGE_MAX }, (_, age) => age);
  return {
    changeAge: new Uint8Array(length),
    atAge: ages.map(() => new Float64Array(length).fill(NaN)),
    completeness: ages.map(() => createSortedWindow(REMEMBERED_DAYS)),
  };
}

/** Notes that `day` now shows another value than before. */
export function noteChange(
  restatements: Restatements,
  day: number,
  age: number,
  before: number,
  after: number,
): void {
  if (Number.isNaN(before) || Math.abs(after - before) <= 0.01 * Math.abs(before)) return;
  restatements.changeAge[day] = Math.max(restatements.changeAge[day] ?? 0, Math.min(age, AGE_MAX));
}

/** The age at which a day can be taken as final: the largest, up to 3, that two of the last 45 days needed. */
export function settleAge(restatements: Restatements | undefined, evening: number): number {
  if (restatements === undefined) return 0;
  const counts = [0, 0, 0, 0];
  for (let day = Math.max(0, evening - REMEMBERED_DAYS); day <= evening; day += 1) {
    const age = restatements.changeAge[day] ?? 0;
    counts[age] = (counts[age] ?? 0) + 1;
  }
  let enough = 0;
  for (let age = AGE_MAX; age > 0; age -= 1) {
    enough += counts[age] ?? 0;
    if (enough >= 2) return age;
  }
  return 0;
}

/** Compares what a settled day showed at each age with its final log cost. */
export function learnCompleteness(
  restatements: Restatements,
  day: number,
  finalLog: number,
  toLog: (cost: number) => number,
): void {
  restatements.atAge.forEach((values, age) => {
    const shown = values[day] ?? NaN;
    const window = restatements.completeness[age];
    if (!Number.isNaN(shown) && window !== undefined) pushToWindow(window, finalLog - toLog(shown));
  });
}

/** How much of a day is usually missing at an age, in log terms, and how surely; undefined while little is known. */
export function completenessAt(
  restatements: Restatements | undefined,
  age: number,
): { missing: number; spread: number } | undefined {
  const window = restatements?.completeness[Math.min(age, AGE_MAX - 1)];
  if (window === undefined || window.count < 8) return undefined;
  const low = windowQuantile(window, 0.1);
  const high = windowQuantile(window, 0.9);
  return { missing: windowQuantile(window, 0.5), spread: (high - low) / 2.2 };
}
