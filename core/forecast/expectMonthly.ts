import { toCivilDay } from '../detection/calendar.ts';
import type { Walk } from '../detection/walkSeries.ts';
import type { Outlook } from './expectDays.ts';

const MONTHLY_DAYS = 100;
const MONTHLY_MIN = 3;

/** The outlook of what is charged on one day of the month and on no other, as the last three months show it. */
export function expectMonthly(
  { state, timeline }: Walk,
  open: readonly number[],
): Outlook | undefined {
  const dayOfMonth = (day: number) => toCivilDay(timeline.firstDay + day).day;
  const charged: number[] = [];
  for (let day = Math.max(0, state.settled - MONTHLY_DAYS); day < state.settled; day += 1) {
    if ((state.cost[day] ?? 0) > 0) charged.push(day);
  }
  const newest = charged.at(-1);
  if (newest === undefined || charged.length < MONTHLY_MIN) return undefined;
  if (charged.some((day) => dayOfMonth(day) !== dayOfMonth(newest))) return undefined;
  const count = open.filter((day) => dayOfMonth(day) === dayOfMonth(newest)).length;
  const costs = charged.map((day) => state.cost[day] ?? 0);
  const largest = Math.max(...costs);
  // The next one may move by as much as these have.
  const reach = largest - Math.min(...costs);
  const total = count * (state.cost[newest] ?? 0);
  return { total, lower: Math.max(0, total - count * reach), upper: total + count * reach };
}
