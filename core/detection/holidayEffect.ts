import { toCivilDay, weekdayOf } from './calendar.ts';
import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';

/** How far a holiday may move a log cost, down and up. */
export interface HolidayEffect {
  low: number;
  high: number;
  /** What makes the day a weekend day, on the most widely kept holidays; else 0. */
  dip: number;
}

const NONE: HolidayEffect = { low: 0, high: 0, dip: 0 };

/**
 * What a public holiday may do: the day may look like any day of the week from the quietest to the one it is, as holidays
 * look like Sundays, and days around Christmas and New Year like a part of one. Not a prediction but for `dip`, only no surprise.
 */
export function holidayEffect(state: SeriesState, day: number, weekday: number): HolidayEffect {
  const strength = holidayStrength(state.firstDay + day);
  if (strength === 0) return NONE;
  let low = 0;
  let high = 0;
  const own = state.profile[weekday] ?? 0;
  for (let other = 0; other < 7; other += 1) {
    if (other !== 0 && other !== 6) continue;
    const change = (state.profile[other] ?? 0) - own;
    low = Math.min(low, change);
    high = Math.max(high, change);
  }
  const extra = strength * 2 * state.sigma;
  const least = strength === 1 ? TUNING.holidayDepth : 0;
  return {
    low: Math.min(least, strength * low * 1.1) - extra,
    high: strength * high,
    dip: strength === 1 && low < -TUNING.holidayDip * state.sigma ? low : 0,
  };
}

/** Learns from a holiday what part of the way to a weekend day it went. */
export function learnHoliday(state: SeriesState, dip: number, error: number): void {
  const share = Math.max(0, Math.min(1.1, error / dip));
  state.holidaysSeen += 1;
  const weight = Math.max(1 / state.holidaysSeen, TUNING.holidayMemory);
  state.holidayShare += weight * (share - state.holidayShare);
}

const FIXED = new Map<number, number>([
  [101, 1],
  [102, 0.6],
  [501, 1],
  [619, 0.7],
  [704, 1],
  [703, 0.6],
  [705, 0.6],
  [1003, 0.5],
  [1031, 0.3],
  [1101, 0.6],
  [1111, 0.6],
  [1223, 0.6],
  [1224, 1],
  [1225, 1],
  [1226, 1],
  [1227, 0.8],
  [1228, 0.8],
  [1229, 0.8],
  [1230, 0.8],
  [1231, 1],
]);

const strengths = new Map<number, number>();

/** 1 on widely kept holidays, less on days beside them or kept in few countries, 0 on ordinary days. */
export function holidayStrength(dayNumber: number): number {
  let strength = strengths.get(dayNumber);
  if (strength === undefined) {
    strength = strengthOf(dayNumber);
    strengths.set(dayNumber, strength);
  }
  return strength;
}

function strengthOf(dayNumber: number): number {
  const { year, month, day } = toCivilDay(dayNumber);
  const fixed = FIXED.get(month * 100 + day);
  if (fixed !== undefined) return fixed;
  const weekday = weekdayOf(dayNumber);
  const week = Math.ceil(day / 7);
  if (weekday === 1) {
    if (month === 1 && week === 3) return 0.8;
    if (month === 2 && week === 3) return 0.8;
    if (month === 5 && day > 24) return 1;
    if (month === 9 && week === 1) return 1;
    if (month === 10 && week === 2) return 0.7;
  }
  if (month === 11 && weekday >= 4 && weekday <= 5) {
    const thursday = weekday === 4 ? day : day - 1;
    if (thursday >= 22 && thursday <= 28) return 1;
  }
  if (month < 3 || month > 6) return 0;
  const fromEaster = dayNumber - easterOf(year);
  if (fromEaster === -2 || fromEaster === 1 || fromEaster === 0) return 1;
  return fromEaster === 39 || fromEaster === 50 ? 0.8 : 0;
}

const easters = new Map<number, number>();

/** Easter Sunday as a day number (the anonymous Gregorian computus of Meeus, Jones and Butcher). */
function easterOf(year: number): number {
  const known = easters.get(year);
  if (known !== undefined) return known;
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - (b >> 2) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * (c >> 2) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  const easter = Date.UTC(year, Math.floor(f / 31) - 1, (f % 31) + 1) / 86_400_000;
  easters.set(year, easter);
  return easter;
}
