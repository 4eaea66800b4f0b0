import { holidayStrength } from './holidayEffect.ts';
import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';

const buffer = new Float64Array(32);

/**
 * Learns the weekday effect that `newest` completes: the middle day of the last seven is compared with their mean, and
 * the effect of its weekday is the middle of the last ten such differences. The raw value
 * is compared with cleaned ones: with cleaned values on both sides one bad early week would lock itself in for ever.
 */
export function learnWeekday(state: SeriesState, newest: number): void {
  const middle = newest - 3;
  if (middle - 3 < state.start) return;
  let sum = 0;
  for (let day = middle - 3; day <= newest; day += 1) sum += state.clean[day] ?? 0;
  const isKnown =
    !Number.isNaN(state.cost[middle] ?? NaN) &&
    holidayStrength(state.firstDay + middle) < TUNING.holidayTeaches;
  state.weekResidual[middle] = isKnown ? (state.raw[middle] ?? 0) - sum / 7 : NaN;
  const weekday = (((state.firstDay + middle + 4) % 7) + 7) % 7;
  const effect = medianEffect(state, middle, weekday);
  if (effect === undefined) return;
  state.weekdayEffect[weekday] = effect;
  shrink(state);
}

function medianEffect(state: SeriesState, middle: number, weekday: number): number | undefined {
  let count = 0;
  for (let week = 0; week < TUNING.weekdayWeeks; week += 1) {
    const day = middle - 7 * week;
    if (day - 3 < state.start) break;
    const value = state.weekResidual[day] ?? NaN;
    if (Number.isNaN(value)) continue;
    let at = count;
    for (; at > 0 && (buffer[at - 1] ?? 0) > value; at -= 1) buffer[at] = buffer[at - 1] ?? 0;
    buffer[at] = value;
    count += 1;
  }
  if (count === 0) return undefined;
  state.weekdayWeeks[weekday] = count;
  return midMean(count, state.sigma);
}

/**
 * Shrinks the effects like a James-Stein estimate towards what workdays have in common, and weekend days: an effect within
 * its own noise is none, a large one stands as it is.
 */
function shrink({ weekdayEffect, weekdayWeeks, profile, sigma }: SeriesState): void {
  let work = 0;
  for (let weekday = 1; weekday < 6; weekday += 1) work += (weekdayEffect[weekday] ?? 0) / 5;
  const rest = ((weekdayEffect[0] ?? 0) + (weekdayEffect[6] ?? 0)) / 2;
  const noise = TUNING.weekdayShrink * sigma ** 2 + 1e-12;
  const spread = work - rest;
  // Work and weekend each stand on several days.
  const evidence = 7 * (weekdayWeeks[0] ?? 0) * spread * spread;
  const common = evidence / (evidence + TUNING.weekendShrink * noise);
  for (let weekday = 0; weekday < 7; weekday += 1) {
    const group = common * (weekday === 0 || weekday === 6 ? rest : work);
    const own = (weekdayEffect[weekday] ?? 0) - group;
    const weight = (weekdayWeeks[weekday] ?? 0) * own * own;
    profile[weekday] = group + (own * weight) / (weight + noise);
  }
  centre(profile);
}

/** The mean of the middle half of the sorted buffer: as robust as needed and steadier than the median. */
function midMean(count: number, sigma: number): number {
  const low = buffer[0] ?? 0;
  const high = buffer[1] ?? 0;
  // Of two weeks that differ this much one was odd.
  if (count === 2 && high - low > TUNING.weekdayOdd * sigma) {
    return Math.abs(low) < Math.abs(high) ? low : high;
  }
  const trim = count < 4 ? (count - 1) >> 1 : Math.floor(count * TUNING.weekdayTrim);
  let sum = 0;
  for (let i = trim; i < count - trim; i += 1) sum += buffer[i] ?? 0;
  return sum / (count - 2 * trim);
}

/** Takes the mean from effects, so that the level is the line's alone. */
export function centre(profile: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < 7; i += 1) sum += profile[i] ?? 0;
  for (let i = 0; i < 7; i += 1) profile[i] = (profile[i] ?? 0) - sum / 7;
}
