import { sumDecimals } from '../../money/money.ts';
import type { LlmMeter } from '../meters.ts';
import type { MeterUse } from './measureUse.ts';
import type { SpendPoint } from './spendPoint.ts';

// A request has several kinds of use, and belongs to none of them.
const NO_REQUESTS = { requests: null, pricedRequests: '0', requestCost: '0' };

/** The points of all use, one a time, by kind of use: the `limit` kinds that cost most, and all others as one remainder. */
export function splitByMeter(points: readonly SpendPoint[], limit: number): SpendPoint[] {
  const ranked = rankMeters(points.flatMap(({ meters }) => meters));
  const apart = ranked.slice(0, limit).map((meter) => ({ key: meter, meters: [meter] }));
  const rest = ranked.slice(limit);
  return [...apart, { key: null, meters: rest }].flatMap(({ key, meters }) =>
    points.flatMap((point) => {
      const own = point.meters.filter(({ meter }) => meters.includes(meter));
      return own.length === 0
        ? []
        : [{ ...point, ...NO_REQUESTS, key, meters: own, cost: knownCost(own) }];
    }),
  );
}

function rankMeters(uses: readonly MeterUse[]): LlmMeter[] {
  const totals = [...new Set(uses.map(({ meter }) => meter))].map((meter) => {
    const own = uses.filter((use) => use.meter === meter);
    // Only the order is decided in floating point.
    return { meter, cost: Number(knownCost(own) ?? -1), units: Number(unitsOf(own)) };
  });
  return totals
    .sort((a, b) => b.cost - a.cost || b.units - a.units || (a.meter < b.meter ? -1 : 1))
    .map(({ meter }) => meter);
}

const unitsOf = (uses: readonly MeterUse[]) => sumDecimals(uses.map(({ units }) => units));

function knownCost(uses: readonly MeterUse[]): string | null {
  const known = uses.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  return known.length === 0 ? null : sumDecimals(known);
}
