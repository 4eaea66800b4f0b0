import { Decimal } from 'decimal.js';
import type { LlmMeasures } from '../../contracts/llmUsage.ts';
import { sumDecimals } from '../../money/money.ts';
import { LLM_METERS, type LlmMeter } from '../meters.ts';
import { CACHE_READ_METERS, INPUT_METERS, TOKEN_METERS } from '../tokenMeters.ts';

/** How much of one kind was used, and what is known of its cost in USD. */
export interface MeterUse {
  meter: LlmMeter;
  units: string;
  /** null where none of it has a known price. */
  cost: string | null;
  /** Those of the units without a known price. */
  unpricedUnits: string;
}

/** Requests and the cost that belongs to them. */
export interface RequestUse {
  /** null where the source does not count them. */
  requests: string | null;
  /** The requests whose whole cost is known, and that cost in USD. */
  pricedRequests: string;
  requestCost: string;
}

const PLACES = 12;

/** What use amounts to, from its kinds and its requests; ratios have at most twelve decimals. */
export function measureUse(meters: readonly MeterUse[], use: RequestUse): LlmMeasures {
  const kinds = LLM_METERS.flatMap((meter) => addUp(meter, meters));
  const sum = (of: readonly LlmMeter[], field: 'units' | 'unpricedUnits' | 'cost') =>
    sumDecimals(kinds.filter(({ meter }) => of.includes(meter)).map((one) => one[field] ?? '0'));
  const input = sum(INPUT_METERS, 'units');
  const pricedTokens = new Decimal(sum(TOKEN_METERS, 'units'))
    .minus(sum(TOKEN_METERS, 'unpricedUnits'))
    .toFixed();
  const known = kinds.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  return {
    cost: known.length === 0 ? null : sumDecimals(known),
    isCostPartial: kinds.some(({ unpricedUnits }) => unpricedUnits !== '0'),
    tokens: sum(TOKEN_METERS, 'units'),
    requests: use.requests,
    units: kinds,
    costPerRequest: ratio(use.requestCost, use.pricedRequests),
    costPerThousandTokens: ratio(sum(TOKEN_METERS, 'cost'), pricedTokens, 1000),
    cacheShare:
      input === '0'
        ? null
        : new Decimal(sum(CACHE_READ_METERS, 'units')).div(input).toDecimalPlaces(4).toNumber(),
  };
}

function addUp(meter: LlmMeter, meters: readonly MeterUse[]): MeterUse[] {
  const own = meters.filter((one) => one.meter === meter);
  if (own.length === 0) return [];
  const known = own.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  return [
    {
      meter,
      units: sumDecimals(own.map((one) => one.units)),
      cost: known.length === 0 ? null : sumDecimals(known),
      unpricedUnits: sumDecimals(own.map((one) => one.unpricedUnits)),
    },
  ];
}

function ratio(cost: string, count: string, each = 1): string | null {
  if (count === '0') return null;
  return new Decimal(cost).times(each).div(count).toDecimalPlaces(PLACES).toFixed();
}
