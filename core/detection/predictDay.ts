import { holidayEffect } from './holidayEffect.ts';
import { monthEffect } from './monthEffect.ts';
import { intervalWidth, noticed } from './noise.ts';
import { recallMemory } from './memory.ts';
import { LEARNING_DAYS, type SeriesState } from './seriesState.ts';

/** The expectation of one day in log terms, made before it is seen. */
export interface Prediction {
  day: number;
  weekday: number;
  centre: number;
  /** The part of the centre that comes from the day of the month. */
  monthPart: number;
  /** The part that comes from the last days' residuals. */
  memoryPart: number;
  /** Standard error. */
  sigma: number;
  /** Half width of the 95% interval. */
  reach: number;
  /** Distance from the centre, down and up, that would not surprise: a possible monthly charge, a holiday. */
  possibleLow: number;
  possibleHigh: number;
  isHoliday: boolean;
  /** What makes a widely kept holiday a weekend day, 0 elsewhere, and the part of it that is expected. */
  holidayDip: number;
  holidayPart: number;
}

/** The forecast of `day` from what is settled; undefined while the series is still being learnt. */
export function predictDay(state: SeriesState, day: number): Prediction | undefined {
  const newest = state.settled - 1;
  if (state.start < 0 || newest - state.start + 1 < LEARNING_DAYS) return undefined;
  const ahead = day - newest;
  const weekday = (((state.firstDay + day + 4) % 7) + 7) % 7;
  const noise = state.weekdayNoise[weekday] ?? 1;
  const sigma = state.sigma * noticed(noise) * (1 + 0.05 * (ahead - 1));
  const memoryPart = recallMemory(state, ahead);
  const line = (state.level[newest] ?? 0) + (state.slope[newest] ?? 0) * Math.min(ahead, 14);
  const plain = line + (state.profile[weekday] ?? 0) + memoryPart;
  const month = monthEffect(state, day, sigma, plain);
  const prediction: Prediction = {
    day,
    weekday,
    centre: plain + month.known,
    monthPart: month.known,
    memoryPart,
    sigma,
    reach: intervalWidth(state) * sigma,
    possibleLow: month.possibleLow,
    possibleHigh: month.possibleHigh,
    isHoliday: false,
    holidayDip: 0,
    holidayPart: 0,
  };
  const holiday = holidayEffect(state, day, weekday);
  if (holiday.dip < 0 && month.known === 0) expectDip(prediction, holiday.dip, state.holidayShare);
  // On 1 January a monthly charge is the likelier reason.
  prediction.isHoliday = holiday.low < 0 && month.known === 0;
  const part = prediction.holidayPart;
  prediction.possibleLow = Math.min(prediction.possibleLow, holiday.low - part);
  prediction.possibleHigh = Math.max(prediction.possibleHigh, holiday.high - part);
  return prediction;
}

function expectDip(prediction: Prediction, dip: number, share: number): void {
  prediction.holidayDip = dip;
  prediction.holidayPart = share * dip;
  prediction.centre += prediction.holidayPart;
}

/** The part of an error that the possible effects leave unexplained. */
export function unexplained(prediction: Prediction, error: number): number {
  if (error > 0) return Math.max(0, error - prediction.possibleHigh);
  return Math.min(0, error - prediction.possibleLow);
}

/** The log of a cost; credits that turn a day negative count as nothing. */
export function toLog(state: SeriesState, cost: number): number {
  return Math.log(Math.max(0, cost) + state.offset);
}

/** The cost of a log value. */
export function fromLog(state: SeriesState, value: number): number {
  return Math.max(0, Math.exp(value) - state.offset);
}
