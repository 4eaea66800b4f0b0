import type { Severity } from '../contracts/anomaly.ts';

// A move beyond that many standard errors is no chance, so it counts for a quarter more.
const EXTREME_SCORE = 10;
const EXTREME_FACTOR = 1.25;

/**
 * How much a finding matters, by its cost a day and its share of the connection's daily spend; the currency's units are
 * taken at face value. Money first: surprise breaks ties, and alone makes nothing urgent.
 *
 * @param dailyImpact absolute difference from the expectation on the newest day
 * @param dailySpend what the connection costs a day
 * @param score surprise in standard errors of the forecast
 */
export function severityOf(dailyImpact: number, dailySpend: number, score: number): Severity {
  const share = dailySpend > 0 ? dailyImpact / dailySpend : 1;
  const weight = dailyImpact * (Math.abs(score) > EXTREME_SCORE ? EXTREME_FACTOR : 1);
  if (weight >= 1000 || (share >= 0.5 && weight >= 100)) return 'critical';
  if (weight >= 200 || (share >= 0.2 && weight >= 40)) return 'high';
  if (weight >= 40 || (share >= 0.1 && weight >= 10)) return 'medium';
  return 'low';
}
