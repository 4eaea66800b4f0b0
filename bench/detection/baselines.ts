import { toDate, toDayNumber } from '../../core/detection/calendar.ts';
import type { LabelledSeries } from './labelledSeries.ts';
import type { Alarm } from './scoreDetections.ts';

/** Simple rules that products ship, judged on the same rows: what was visible on each evening. */
export const BASELINES: Record<string, (series: LabelledSeries) => Alarm[]> = {
  '3 sigma': (series) =>
    walk(series, 28, (past, cost) => {
      const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
      const variance =
        past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (past.length - 1);
      return Math.abs(cost - mean) > 3 * Math.sqrt(variance);
    }),
  'MAD x 3.5': (series) =>
    walk(series, 28, (past, cost) => {
      const middle = median(past);
      const spread = 1.4826 * median(past.map((value) => Math.abs(value - middle)));
      return Math.abs(cost - middle) > 3.5 * spread;
    }),
  '30% over 7 days': (series) =>
    walk(series, 7, (past, cost) => {
      const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
      return cost > 1.3 * mean;
    }),
};

const FLOOR = 2.5;

function walk(
  { input, firstDay, days }: LabelledSeries,
  window: number,
  isAlarm: (past: number[], cost: number) => boolean,
): Alarm[] {
  const first = toDayNumber(firstDay);
  const seen = Array.from<number>({ length: days }).fill(0);
  for (const row of [...(input.revisions ?? []), ...input.series]) {
    const day = toDayNumber(row.date) - first;
    if (row.seenOn === undefined || row.seenOn <= row.date) seen[day] = row.cost;
  }
  const alarms: Alarm[] = [];
  for (let day = Math.max(14, window); day < days; day += 1) {
    const past = seen.slice(day - window, day);
    const cost = seen[day] ?? 0;
    const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
    if (Math.abs(cost - mean) < FLOOR) continue;
    if (isAlarm(past, cost)) alarms.push({ date: toDate(first + day) });
  }
  return alarms;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
