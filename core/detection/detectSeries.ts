import { daysBetween } from '../time/day.ts';
import type {
  DayForecast,
  Detection,
  DetectionKind,
  DetectionOptions,
  SeriesInput,
} from './series.ts';
import {
  forecastDay,
  freshSeriesState,
  fromLog,
  rebase,
  settleDay,
  type SeriesState,
  toLog,
} from './seriesState.ts';
import { addToShiftTest, shiftSince } from './shiftTest.ts';
import { median } from './statistics.ts';
import { layOutHistory, type VisibleHistory } from './visibleHistory.ts';

const LEARNING_DAYS = 14;
const YOUNG_DAYS = 28;
const SPIKE_Z = 4.3;
const DROP_Z = 4.6;
const SMALLEST_STEP = Math.log(1.11);
const INTERVAL_Z = 2.1;
const REBASE_DAYS = 5;
const NEW_SERVICE_QUIET_DAYS = 7;

/** What was found in a series, and what had been expected of each day. */
export interface SeriesJudgement {
  detections: Detection[];
  forecasts: DayForecast[];
}

/**
 * Judges a series day by day with what was visible on that day's evening: robust weekday profile and level in log terms,
 * one-step error against its own noise, a cumulative sum for lasting shifts. Amounts are in the series' currency.
 *
 * @see docs/detection.md for the method and its sources
 */
export function detectSeries(input: SeriesInput, options: DetectionOptions = {}): SeriesJudgement {
  const history = layOutHistory(input);
  if (history === undefined) return { detections: [], forecasts: [] };
  const from = input.from === undefined ? 0 : daysBetween(history.firstDay, input.from);
  const to = input.to === undefined ? history.length - 1 : daysBetween(history.firstDay, input.to);
  const state = freshSeriesState(offsetOf(history));
  const result: SeriesJudgement = { detections: [], forecasts: [] };
  for (let day = 0; day < history.length && day <= to; day += 1) {
    const judged = judgeDay(state, history, day, options);
    if (day < from) continue;
    if (judged.forecast !== undefined) result.forecasts.push(judged.forecast);
    if (judged.detection !== undefined) result.detections.push(judged.detection);
  }
  return result;
}

function judgeDay(
  state: SeriesState,
  history: VisibleHistory,
  day: number,
  options: DetectionOptions,
) {
  // A late row is judged on the evening on which it is first seen, here approximated by its own day's number.
  const cost = history.costOn(day, day) ?? history.costOn(day, Infinity) ?? 0;
  const date = history.dateOf(day);
  if (day < LEARNING_DAYS) {
    const detection = newService(state, date, cost, options);
    settleDay(state, cost, undefined);
    return { detection, forecast: undefined };
  }
  const forecast = forecastDay(state, day);
  const bounds = {
    date,
    expected: fromLog(state, forecast.centre),
    lower: fromLog(state, forecast.centre - INTERVAL_Z * forecast.sigma),
    upper: fromLog(state, forecast.centre + INTERVAL_Z * forecast.sigma),
  };
  const error = toLog(state, cost) - forecast.centre;
  const z = error / forecast.sigma;
  const caution = (day < YOUNG_DAYS ? 1.35 : 1) / (options.sensitivity ?? 1);
  state.shift = addToShiftTest(state.shift, day, z);
  const impact = cost - bounds.expected;
  const isMaterial =
    Math.abs(impact) >= (options.minDailyImpact ?? 2.5) && Math.abs(error) > SMALLEST_STEP;
  const isFresh = newService(state, date, cost, options);
  settleDay(state, cost, forecast);
  const kind = isMaterial ? kindOf(state, day, z, caution) : undefined;
  const detection: Detection | undefined =
    isFresh ??
    (kind === undefined ? undefined : { ...bounds, kind, score: z, actual: cost, impact });
  const since = shiftSince(state.shift, caution);
  if (since !== undefined && day - since + 1 >= REBASE_DAYS) rebase(state, since);
  return { detection, forecast: bounds };
}

function kindOf(
  state: SeriesState,
  day: number,
  z: number,
  caution: number,
): DetectionKind | undefined {
  const since = shiftSince(state.shift, caution);
  const lasts = since !== undefined && day - since >= 2;
  if (z > SPIKE_Z * caution) return lasts ? 'level_shift' : 'spike';
  if (z < -DROP_Z * caution) return 'drop';
  if (lasts) return state.shift.up > state.shift.down ? 'level_shift' : 'drop';
  return undefined;
}

/** A first charge after a quiet time; a series that begins with charges is just where the data begins. */
function newService(
  state: SeriesState,
  date: string,
  cost: number,
  options: DetectionOptions,
): Detection | undefined {
  const quiet =
    state.costs.length >= NEW_SERVICE_QUIET_DAYS && state.costs.every((known) => known <= 0);
  if (!quiet || cost < 2 * (options.minDailyImpact ?? 2.5)) return undefined;
  return {
    date,
    kind: 'new_service',
    score: cost,
    actual: cost,
    expected: 0,
    lower: 0,
    upper: 0,
    impact: cost,
  };
}

function offsetOf(history: VisibleHistory): number {
  const first: number[] = [];
  for (let day = 0; day < history.length && first.length < 10; day += 1) {
    const cost = history.costOn(day, day);
    if (cost !== undefined && cost > 0) first.push(cost);
  }
  return Math.max(0.01, 0.02 * (first.length === 0 ? 0 : median(first)));
}
