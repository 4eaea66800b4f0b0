import { Decimal } from 'decimal.js';
import type { AnomalyDriver } from '../contracts/anomaly.ts';
import { daysBetween } from '../time/day.ts';

/** The cost of one part of a series on one day. */
export interface PartCost {
  dimension: AnomalyDriver['dimension'];
  value: string;
  date: string;
  cost: string;
}

const DRIVERS_MAX = 8;

/**
 * What drives a finding: for each part of the series its cost on the finding's newest day beside its mean a day before the
 * finding began, and its share of the whole change. The shares of all parts of one dimension sum to 1; the largest come
 * first, and parts that move against the change have a negative share.
 */
export function findDrivers(
  costs: readonly PartCost[],
  finding: { startedOn: string; lastSeenOn: string; baselineFrom: string },
): AnomalyDriver[] {
  const baselineDays = daysBetween(finding.baselineFrom, finding.startedOn);
  const parts = new Map<string, { part: PartCost; before: Decimal; now: Decimal }>();
  for (const cost of costs) {
    const id = JSON.stringify([cost.dimension, cost.value]);
    const entry = parts.get(id) ?? { part: cost, before: new Decimal(0), now: new Decimal(0) };
    if (cost.date < finding.startedOn) entry.before = entry.before.plus(cost.cost);
    if (cost.date === finding.lastSeenOn) entry.now = entry.now.plus(cost.cost);
    parts.set(id, entry);
  }
  const moved = [...parts.values()].map(({ part, before, now }) => {
    const expected = baselineDays > 0 ? before.div(baselineDays) : new Decimal(0);
    return { part, expected, now, change: now.minus(expected) };
  });
  const dimensions = [...new Set(moved.map(({ part }) => part.dimension))];
  return dimensions.flatMap((dimension) => {
    const ofDimension = moved.filter(({ part }) => part.dimension === dimension);
    const total = ofDimension.reduce((sum, { change }) => sum.plus(change), new Decimal(0));
    if (total.isZero()) return [];
    return ofDimension
      .map(({ part, expected, now, change }) => ({
        dimension,
        value: part.value,
        expected: expected.toDecimalPlaces(6).toFixed(),
        actual: now.toFixed(),
        share: change.div(total).toDecimalPlaces(6).toNumber(),
      }))
      .sort((a, b) => b.share - a.share)
      .slice(0, DRIVERS_MAX);
  });
}
