import type { CostQuery } from '../../core/contracts/usage.ts';
import { calendarPeriod } from '../../core/forecast/calendarPeriod.ts';
import {
  type CostForecast,
  forecastCosts,
  sumDailyCosts,
} from '../../core/forecast/forecastCosts.ts';
import type { Database } from '../../db/connect.ts';
import { type DailyCostGroup, readDailyCosts } from '../../db/queries/usage/readDailyCosts.ts';

/** One group of an answer. */
interface Group {
  key: string | null;
  isRemainder: boolean;
  currency: string;
}

/** The month-end forecasts of an answer. */
export interface GroupForecasts {
  of: (group: Group) => CostForecast | null;
  /** All costs of each currency together. */
  totals: { currency: string; forecast: CostForecast | null }[];
}

/**
 * Forecasts the answered groups to the end of the month of `asOf`, the newest day with costs, from nothing that came after
 * it. A few milliseconds a group.
 */
export async function forecastGroups(
  db: Database,
  query: CostQuery,
  groups: readonly Group[],
  asOf: string,
): Promise<GroupForecasts> {
  const month = calendarPeriod('month', asOf);
  const all = await readDailyCosts(db, query, asOf, {
    groupBy: query.group_by,
    groups: groups.filter(({ isRemainder }) => !isRemainder),
  });
  const forecasts = new Map<string, CostForecast>();
  for (const group of all) {
    // Other requests get their turn between two forecasts.
    await new Promise((resolve) => setImmediate(resolve));
    const forecast = forecastCosts(group, month);
    if (forecast !== undefined) forecasts.set(idOf(group), forecast);
  }
  const currencies = [...new Set(groups.map(({ currency }) => currency))];
  const ofCurrency = (currency: string): DailyCostGroup[] =>
    all.filter((group) => group.currency === currency);
  return {
    of: (group) => forecasts.get(idOf(group)) ?? null,
    totals: currencies.map((currency) => ({
      currency,
      forecast: forecastCosts(sumDailyCosts(ofCurrency(currency), asOf), month) ?? null,
    })),
  };
}

const idOf = ({ key, isRemainder, currency }: Group): string =>
  JSON.stringify([currency, isRemainder, key]);
