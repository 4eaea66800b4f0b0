import { Decimal } from 'decimal.js';
import { sumDecimals } from '../money/money.ts';
import { addDays } from '../time/day.ts';
import type { ForecastSpan } from './calendarPeriod.ts';
import { forecastPeriod } from './forecastPeriod.ts';

/** What some charges cost day by day, in one currency. */
export interface DailyCosts {
  /** UTC days with their exact cost, in any order; days without a charge may be missing. */
  days: readonly { date: string; cost: string }[];
  /** The last day that every source has told of; later days hold a part only. */
  completeUntil: string;
}

/** A forecast as it is shown: exact decimal texts with four places, in the series' currency. */
export interface CostForecast {
  /** The period's last day. */
  until: string;
  actualToDate: string;
  expected: string;
  /** 95% interval of the whole period. */
  lower: string;
  upper: string;
}

const PLACES = 4;
const CREDIT_DAYS = 90;
const CREDITS_MAX = 0.05;

/**
 * Forecasts what a period will have cost. Days after `completeUntil` are expected like the days to come; what they show
 * already is the least that they will cost. undefined where it cannot be told: nothing was seen, or credits weigh more than
 * 5% of the charges of the last 90 days, which a model of charges says nothing about.
 */
export function forecastCosts(costs: DailyCosts, span: ForecastSpan): CostForecast | undefined {
  const { completeUntil } = costs;
  const complete = costs.days.filter(({ date }) => date <= completeUntil);
  if (hasLargeCredits(complete, completeUntil)) return undefined;
  const series = complete.map(({ date, cost }) => ({ date, cost: Number(cost) }));
  const forecast = forecastPeriod({ series }, completeUntil, span);
  if (forecast === undefined) return undefined;
  const known = new Decimal(sumSpan(complete, span));
  const partial = sumSpan(
    costs.days.filter(({ date }) => date > completeUntil),
    span,
  );
  // What is known is exact; only what is added to it is statistics.
  const text = (value: number) =>
    toText(known.plus(Decimal.max(partial, value - forecast.actualToDate)));
  return {
    until: forecast.until,
    actualToDate: toText(known.plus(partial)),
    expected: text(forecast.expected),
    lower: text(forecast.lower),
    upper: text(forecast.upper),
  };
}

/** The exact cost of the days of a period. */
export function sumSpan(days: DailyCosts['days'], span: ForecastSpan): string {
  return sumDecimals(
    days.filter(({ date }) => date >= span.from && date <= span.until).map(({ cost }) => cost),
  );
}

/** Adds series of one currency up, day by day. */
export function sumDailyCosts(all: readonly DailyCosts[], asOf: string): DailyCosts {
  const byDay = new Map<string, string[]>();
  for (const { date, cost } of all.flatMap(({ days }) => days)) {
    byDay.set(date, [...(byDay.get(date) ?? []), cost]);
  }
  return {
    days: [...byDay].map(([date, costs]) => ({ date, cost: sumDecimals(costs) })),
    completeUntil: completeUntil(
      all.map((series) => series.completeUntil),
      asOf,
    ),
  };
}

/** A source that has told nothing for more days than this has ended; it does not hold the others back. */
export const LAG_DAYS_MAX = 14;

/** The last day that all sources have told of by `asOf`, from the newest day of each; `asOf` where there is none. */
export function completeUntil(newestDays: readonly string[], asOf: string): string {
  const known = newestDays.map((day) => (day < asOf ? day : asOf)).sort();
  const oldest = addDays(asOf, -LAG_DAYS_MAX);
  return known.find((day) => day >= oldest) ?? known.at(-1) ?? asOf;
}

function hasLargeCredits(days: DailyCosts['days'], until: string): boolean {
  const from = addDays(until, -CREDIT_DAYS);
  let [charges, credits] = [0, 0];
  for (const { date, cost } of days) {
    if (date < from) continue;
    const value = Number(cost);
    if (value > 0) charges += value;
    else credits -= value;
  }
  return credits > CREDITS_MAX * charges;
}

const toText = (value: Decimal): string =>
  value.toDecimalPlaces(PLACES, Decimal.ROUND_HALF_EVEN).toFixed(PLACES);
