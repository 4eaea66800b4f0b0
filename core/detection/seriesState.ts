import { fitLevelLine } from './levelLine.ts';
import { median, quantile, scaledMad } from './statistics.ts';
import { freshShiftTest, type ShiftTest } from './shiftTest.ts';
import { weekdayProfile } from './weekdayProfile.ts';

/** What is known of a series before a day is judged; days are settled in order and never looked at ahead. */
export interface SeriesState {
  /** Added to a cost before its logarithm is taken, so that zero is finite. */
  offset: number;
  /** Settled costs, and their logarithms as they were and with surprises limited; oldest first. */
  costs: number[];
  raw: number[];
  cleaned: number[];
  /** One-step errors in log terms, newest last. */
  errors: number[];
  shift: ShiftTest;
}

/** The expectation of one day in log terms. */
export interface LogForecast {
  centre: number;
  /** Standard error of a one-step forecast. */
  sigma: number;
}

const SIGMA_MIN = 0.02;
const SIGMA_UNKNOWN = 0.25;
const ERRORS_MAX = 60;

/** A series of which nothing is settled yet. `offset`: 2% of the typical cost. */
export function freshSeriesState(offset: number): SeriesState {
  return { offset, costs: [], raw: [], cleaned: [], errors: [], shift: freshShiftTest() };
}

/** The log of a cost; credits that turn a day negative count as nothing. */
export const toLog = (state: SeriesState, cost: number): number =>
  Math.log(Math.max(0, cost) + state.offset);

/** The cost of a log value. */
export const fromLog = (state: SeriesState, value: number): number =>
  Math.max(0, Math.exp(value) - state.offset);

/** The forecast for `day`, counted from the first settled day, from what is settled. */
export function forecastDay(state: SeriesState, day: number): LogForecast {
  const profile = weekdayProfile(state.raw, state.cleaned);
  const level = state.cleaned.map((value, index) => value - (profile[index % 7] ?? 0)).reverse();
  const line = fitLevelLine(level);
  const ahead = day - (state.raw.length - 1);
  return {
    centre: line.intercept - line.slope * ahead + (profile[day % 7] ?? 0),
    sigma: errorScale(state.errors),
  };
}

/** Takes a settled day into the state. */
export function settleDay(
  state: SeriesState,
  cost: number,
  forecast: LogForecast | undefined,
): void {
  const value = toLog(state, cost);
  state.costs.push(cost);
  state.raw.push(value);
  if (forecast === undefined) {
    state.cleaned.push(value);
    return;
  }
  const limit = 3 * forecast.sigma;
  state.cleaned.push(Math.max(forecast.centre - limit, Math.min(forecast.centre + limit, value)));
  state.errors.push(value - forecast.centre);
  if (state.errors.length > ERRORS_MAX) state.errors.shift();
}

/** Moves the whole history before `since` to the level after it: its profile and slope survive a level shift. */
export function rebase(state: SeriesState, since: number): void {
  const step = median(state.errors.slice(-(state.raw.length - since)));
  for (let day = 0; day < since; day += 1) {
    state.raw[day] = (state.raw[day] ?? 0) + step;
    state.cleaned[day] = (state.cleaned[day] ?? 0) + step;
  }
  for (let day = since; day < state.raw.length; day += 1) state.cleaned[day] = state.raw[day] ?? 0;
  // The errors of the shift were surprises, not noise.
  state.errors.splice(Math.max(0, state.errors.length - (state.raw.length - since)));
  state.shift = freshShiftTest();
}

/** MAD of the errors, guarded by their upper tail: heavy-tailed usage has a small MAD and large surprises every week. */
function errorScale(errors: readonly number[]): number {
  if (errors.length < 5) return SIGMA_UNKNOWN;
  const tail = quantile(errors.map(Math.abs), 0.97) / 2.4;
  return Math.max(SIGMA_MIN, scaledMad(errors), tail);
}
