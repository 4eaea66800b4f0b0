import { holidayStrength } from './holidayEffect.ts';
import { fitLevelLine } from './levelLine.ts';
import { pushToWindow } from './sortedWindow.ts';
import { LEARNING_DAYS, type SeriesState } from './seriesState.ts';
import { centre, learnWeekday } from './weekdayProfile.ts';
import { TUNING } from './tuning.ts';
import { scaleOf } from './noise.ts';

/**
 * Learns a first model from the first two weeks at once: the offset, the weekday profile from two values each, the level,
 * and the noise from what one week says about the next.
 */
export function learnStart(state: SeriesState): void {
  const first = state.start;
  const end = first + LEARNING_DAYS;
  noteIdleWeekdays(state, first);
  state.offset = offsetOf(state, first, end);
  fillLogs(state, first, end);
  state.profile.fill(0);
  state.sigma = 0.25;
  const newest = end - 1;
  const bare = fitLevelLine(state, newest);
  const residual = (day: number) =>
    (state.clean[day] ?? 0) - bare.level + bare.slope * (newest - day);
  for (let day = first + 6; day < end; day += 1) learnWeekday(state, day);
  learnProfile(state, first, residual);
  const line = fitLevelLine(state, newest);
  for (let day = first; day < end; day += 1) {
    state.level[day] = line.level - line.slope * (newest - day);
    state.slope[day] = line.slope;
    state.longLevel[day] = state.level[day] ?? 0;
    state.longSlope[day] = 0;
    const weekday = (((state.firstDay + day + 4) % 7) + 7) % 7;
    const error = (state.clean[day] ?? 0) - (state.level[day] ?? 0) - (state.profile[weekday] ?? 0);
    const isMissing = Number.isNaN(state.cost[day] ?? NaN);
    state.plainError[day] = isMissing ? NaN : error;
    state.extra[day] = isMissing ? 0 : Math.exp(state.clean[day] ?? 0) * (1 - Math.exp(-error));
  }
  state.sigma = scaleOf(state);
}

/** A weekday without a charge in both weeks is idle, not missing. */
function noteIdleWeekdays(state: SeriesState, first: number): void {
  for (let day = first; day < first + 7; day += 1) {
    if (state.cost[day] !== 0 && !Number.isNaN(state.cost[day] ?? NaN)) continue;
    if (state.cost[day + 7] !== 0 && !Number.isNaN(state.cost[day + 7] ?? NaN)) continue;
    state.cost[day] = 0;
    state.cost[day + 7] = 0;
  }
}

/** 5% of the typical charge: small beside it, large beside what an idle day costs. */
function offsetOf(state: SeriesState, first: number, end: number): number {
  const charges: number[] = [];
  for (let day = first; day < end; day += 1) {
    const cost = state.cost[day] ?? NaN;
    if (cost > 0) charges.push(cost);
  }
  charges.sort((a, b) => a - b);
  return Math.max(1e-9, TUNING.offsetShare * (charges[charges.length >> 1] ?? 0));
}

function fillLogs(state: SeriesState, first: number, end: number): void {
  let known = NaN;
  for (let day = end - 1; day >= first; day -= 1) {
    const cost = state.cost[day] ?? NaN;
    if (!Number.isNaN(cost)) known = cost;
  }
  for (let day = first; day < end; day += 1) {
    const cost = state.cost[day] ?? NaN;
    const isKnown = !Number.isNaN(cost);
    const lastWeek = day - 7 >= first ? (state.cost[day - 7] ?? NaN) : NaN;
    if (isKnown) known = cost;
    const value = isKnown ? cost : Number.isNaN(lastWeek) ? known : lastWeek;
    state.raw[day] = Math.log(Math.max(0, value) + state.offset);
    state.clean[day] = state.raw[day] ?? 0;
    state.trust[day] = isKnown ? 1 : 0;
  }
}

function learnProfile(state: SeriesState, first: number, residual: (day: number) => number): void {
  const differences: number[] = [];
  for (let day = first; day < first + 7; day += 1)
    differences.push(residual(day + 7) - residual(day));
  const sorted = [...differences].sort((a, b) => a - b);
  const step = sorted[3] ?? 0;
  const sizes = differences.map((difference) => Math.abs(difference - step));
  const typical = [...sizes].sort((a, b) => a - b)[3] ?? 0;
  for (const size of sizes) pushToWindow(state.errors, (1.1 * size) / Math.SQRT2);
  for (let i = 0; i < 7; i += 1) {
    const early = residual(first + i);
    const late = residual(first + i + 7);
    // Two weeks that differ this much: one of them was odd, and the odd one is the one farther out.
    const odd = (sizes[i] ?? 0) > 5 * typical + 0.05;
    const isEarlyOff = holidayStrength(state.firstDay + first + i) >= TUNING.holidayTeaches;
    const isLateOff = holidayStrength(state.firstDay + first + i + 7) >= TUNING.holidayTeaches;
    const effect =
      isEarlyOff !== isLateOff
        ? isEarlyOff
          ? late
          : early
        : odd
          ? Math.abs(early) < Math.abs(late)
            ? early
            : late
          : (early + late) / 2;
    const weekday = (((state.firstDay + first + i + 4) % 7) + 7) % 7;
    const noise = ((1.1 * typical) / Math.SQRT2) ** 2 + 1e-12;
    state.weekdayEffect[weekday] = effect;
    state.weekdayWeeks[weekday] = 2;
    state.profile[weekday] = (effect * 2 * effect * effect) / (2 * effect * effect + noise);
  }
  centre(state.weekdayEffect);
  centre(state.profile);
}
