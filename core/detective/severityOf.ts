import type { Severity } from '../contracts/anomaly.ts';

/**
 * How much a finding matters, by its cost a day and its share of the connection's daily spend; the currency's units are
 * taken at face value. Money first: surprise alone makes nothing urgent.
 *
 * @param dailyImpact absolute difference from the expectation on the newest day
 * @param dailySpend what the connection costs a day
 */
export function severityOf(dailyImpact: number, dailySpend: number): Severity {
  const share = dailySpend > 0 ? dailyImpact / dailySpend : 1;
  if (dailyImpact >= 1000 || (share >= 0.5 && dailyImpact >= 100)) return 'critical';
  if (dailyImpact >= 200 || (share >= 0.2 && dailyImpact >= 40)) return 'high';
  if (dailyImpact >= 40 || (share >= 0.1 && dailyImpact >= 10)) return 'medium';
  return 'low';
}
