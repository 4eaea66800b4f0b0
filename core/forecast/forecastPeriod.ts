import { toDate, toDayNumber } from '../detection/calendar.ts';
import { predictDay } from '../detection/predictDay.ts';
import { settleAge } from '../detection/restatements.ts';
import { startWalk } from '../detection/runDetection.ts';
import type { SeriesInput } from '../detection/series.ts';
import { viewSparse } from '../detection/sparseDay.ts';
import { layOutTimeline } from '../detection/timeline.ts';
import { type Walk, walkEvening } from '../detection/walkSeries.ts';
import type { ForecastSpan } from './calendarPeriod.ts';
import { expectDays, type Outlook } from './expectDays.ts';
import { expectMonthly } from './expectMonthly.ts';

/** What a period will have cost at its end, in the series' currency; statistics, not accounting. */
export interface PeriodForecast {
  /** The period's last day. */
  until: string;
  /** What is visible of the period so far. */
  actualToDate: number;
  /** The whole period: what is known and what is still expected. */
  expected: number;
  /** 95% interval of the whole period. */
  lower: number;
  upper: number;
}

/**
 * Forecasts what a period will have cost, from everything visible on the evening of `asOf` and by the same engine that
 * judges it; undefined where no row is visible. Days that are late, or may still be restated, are expected like the days to
 * come. The period may begin after `asOf`.
 */
export function forecastPeriod(
  input: SeriesInput,
  asOf: string,
  span: ForecastSpan,
): PeriodForecast | undefined {
  const timeline = layOutTimeline({ ...input, to: asOf });
  if (timeline === undefined) return undefined;
  const walk = startWalk(timeline, {});
  for (let evening = 0; evening < timeline.length; evening += 1) {
    const ahead = walk.presence.isDense ? predictDay(walk.state, evening) : undefined;
    walkEvening(walk, evening, ahead);
  }
  const first = toDayNumber(span.from) - timeline.firstDay;
  const last = toDayNumber(span.until) - timeline.firstDay;
  const { actual, known, open } = readSpan(walk, first, last);
  const outlook = outlookOf(walk, open);
  // What an unfinished day shows already is the least that it will cost.
  const least = actual - known;
  return {
    until: toDate(timeline.firstDay + last),
    actualToDate: actual,
    expected: known + Math.max(least, outlook.total),
    lower: known + Math.max(least, outlook.lower),
    upper: known + Math.max(least, outlook.upper),
  };
}

/** What the period's days show, what of it is final, and which days are still open. */
function readSpan(walk: Walk, first: number, last: number) {
  const { timeline, visible, state } = walk;
  const finalUntil = timeline.length - 1 - settleAge(walk.restatements, timeline.length - 1);
  let actual = 0;
  let known = 0;
  const open: number[] = [];
  for (let day = first; day <= last; day += 1) {
    const cost = day >= 0 && day < timeline.length ? (visible[day] ?? NaN) : NaN;
    if (!Number.isNaN(cost)) actual += cost;
    if (!Number.isNaN(cost) && day <= finalUntil) known += cost;
    else if (day >= state.settled || Number.isNaN(state.cost[day] ?? 0)) open.push(day);
  }
  return { actual, known, open };
}

function outlookOf(walk: Walk, open: readonly number[]): Outlook {
  const { state, presence } = walk;
  if (presence.isDense && predictDay(state, state.settled) !== undefined) {
    return expectDays(state, open);
  }
  const monthly = expectMonthly(walk, open);
  if (monthly !== undefined) return monthly;
  const view = viewSparse(state, walk.raised);
  const days = Math.max(1, state.settled - Math.max(0, state.origin));
  let squares = 0;
  for (let day = state.settled - days; day < state.settled; day += 1) {
    squares += ((state.cost[day] ?? view.mean) - view.mean) ** 2 || 0;
  }
  const variance = squares / days;
  const total = view.mean * open.length;
  const reach = 2.1 * Math.sqrt(variance * open.length * (1 + open.length / days));
  return { total, lower: Math.max(0, total - reach), upper: total + reach };
}
