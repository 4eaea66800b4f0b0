import { calendarPeriod } from '../../../core/forecast/calendarPeriod.ts';
import {
  type CostForecast,
  type DailyCosts,
  forecastCosts,
  sumDailyCosts,
} from '../../../core/forecast/forecastCosts.ts';
import { addDays, utcDay } from '../../../core/time/day.ts';
import type { Database } from '../../../db/connect.ts';
import { readDailySpend } from '../../../db/queries/llm/spend/readDailySpend.ts';
import type { SpendFilter, WantedGroups } from '../../../db/queries/llm/spend/spendRows.ts';

/** The month-end forecasts of an answer, USD; groups by their stored key, null for the remainder. */
export interface SpendForecasts {
  groups: ReadonlyMap<string | null, CostForecast>;
  total: CostForecast | null;
}

/**
 * Forecasts the wanted groups to the end of the month of `until`, an instant up to which everything is known. The day that
 * it lies in is a part of a day: what it shows already is the least that it will cost.
 */
export async function forecastSpend(
  db: Database,
  filter: SpendFilter,
  wanted: WantedGroups,
  until: string,
): Promise<SpendForecasts> {
  const newestDay = utcDay(new Date(Date.parse(until) - 1));
  const month = calendarPeriod('month', newestDay);
  const completeUntil = addDays(utcDay(new Date(until)), -1);
  const series = new Map<string | null, DailyCosts['days'][number][]>();
  for (const { key, ...day } of await readDailySpend(db, filter, wanted, newestDay)) {
    const days = series.get(key) ?? [];
    days.push(day);
    series.set(key, days);
  }
  const groups = new Map<string | null, CostForecast>();
  for (const [key, days] of series) {
    // Other requests get their turn between two forecasts.
    await new Promise((resolve) => setImmediate(resolve));
    const forecast = forecastCosts({ days, completeUntil }, month);
    if (forecast !== undefined) groups.set(key, forecast);
  }
  const all = [...series.values()].map((days) => ({ days, completeUntil }));
  return { groups, total: forecastCosts(sumDailyCosts(all, newestDay), month) ?? null };
}
