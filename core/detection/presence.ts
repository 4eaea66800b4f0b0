import { TUNING } from './tuning.ts';

/** On which weekdays a series has charges; counts over the last eight weeks. */
export interface Presence {
  /** Days with and without a charge by weekday (0 = Sunday). */
  readonly active: Float64Array;
  readonly seen: Float64Array;
  isDense: boolean;
}

/** Nothing seen yet; a series counts as dense until it shows gaps. */
export function createPresence(): Presence {
  return { active: new Float64Array(7), seen: new Float64Array(7), isDense: true };
}

/** Adds a settled day, or with `sign` -1 takes back the one that left the eight weeks. */
export function countPresence(
  presence: Presence,
  weekday: number,
  isActive: boolean,
  sign: 1 | -1,
): void {
  presence.seen[weekday] = (presence.seen[weekday] ?? 0) + sign;
  if (isActive) presence.active[weekday] = (presence.active[weekday] ?? 0) + sign;
}

/** The share of such weekdays with a charge; 1 where none was seen. */
export function presenceOn(presence: Presence, weekday: number): number {
  const seen = presence.seen[weekday] ?? 0;
  return seen === 0 ? 1 : (presence.active[weekday] ?? 0) / seen;
}

/**
 * Decides anew whether the series is dense: charges on 62% of the days (with a margin, so that it does not flicker), or
 * regularly on the same weekdays, as an environment that is switched off at weekends.
 */
export function updateDensity(presence: Presence): void {
  let active = 0;
  let seen = 0;
  let predictable = 0;
  let hasRegularDay = false;
  for (let weekday = 0; weekday < 7; weekday += 1) {
    const share = presenceOn(presence, weekday);
    active += presence.active[weekday] ?? 0;
    seen += presence.seen[weekday] ?? 0;
    predictable += Math.max(share, 1 - share) / 7;
    if (share >= 0.75 && (presence.seen[weekday] ?? 0) >= TUNING.regularWeeks) hasRegularDay = true;
  }
  if (seen < 7) return;
  const margin = presence.isDense ? -0.04 : 0.04;
  presence.isDense =
    active / seen >= 0.62 + margin || (hasRegularDay && predictable >= 0.86 + margin);
}
