import type { SeriesState } from './seriesState.ts';
import { TUNING } from './tuning.ts';
import type { Finding, Walk } from './walkSeries.ts';

const QUIET_DAYS = 7;
const DORMANT_DAYS = 45;

/**
 * Notices the first charges: of a service that had none for a week of the account's life, or for a month and a half after
 * an earlier life. A series that begins with charges is just where the data begins. It is raised from the day that costs
 * twice the daily floor or brings the first three days to the total floor.
 */
export function judgeFirstCharge(walk: Walk, day: number, cost: number): Finding | undefined {
  const { state } = walk;
  if (cost > 0) {
    const last = walk.lastActive;
    if (state.origin < 0)
      begin(walk, day, day - (last ?? 0) >= (last === undefined ? QUIET_DAYS : DORMANT_DAYS));
    else if (last !== undefined && day - last > dormantDays(state, last)) begin(walk, day, true);
    walk.lastActive = day;
  }
  if (walk.newSince < 0 || walk.isNewRaised || cost <= 0) return undefined;
  if (day - walk.newSince > 14) return undefined;
  let recent = cost;
  for (let back = 1; back < 3 && day - back >= walk.newSince; back += 1) {
    recent += Math.max(0, state.cost[day - back] ?? 0) || 0;
  }
  if (cost < 2 * walk.minDailyImpact && recent < walk.minTotalImpact) return undefined;
  walk.isNewRaised = true;
  return {
    kind: 'new_service',
    score: Math.min(99, cost / Math.max(walk.minDailyImpact, 0.01)),
    expected: 0,
    since: walk.newSince,
    day,
    actual: cost,
    plainExpected: 0,
  };
}

/** A service that is charged once in three weeks sleeps longer than one that is charged daily before it is new again. */
function dormantDays(state: SeriesState, last: number): number {
  let charges = 0;
  for (let day = Math.max(0, state.origin); day <= last; day += 1) {
    if ((state.cost[day] ?? 0) > 0) charges += 1;
  }
  const gap = charges < 2 ? 0 : (last - state.origin) / (charges - 1);
  return Math.max(DORMANT_DAYS, TUNING.dormantGaps * gap);
}

function begin(walk: Walk, day: number, isNew: boolean): void {
  const { state, presence } = walk;
  state.origin = day;
  state.start = day;
  state.run = undefined;
  walk.newSince = isNew ? day : -1;
  walk.isNewRaised = false;
  presence.active.fill(0);
  presence.seen.fill(0);
  presence.isDense = true;
}
