import { sumDecimals } from '../../money/money.ts';
import type { LlmMeter } from '../meters.ts';
import type { LlmPrice, LlmPriceOverride, LlmUse } from '../price.ts';
import type { LlmUsageRow } from '../usageRow.ts';
import type { PushedCall } from './pushedCall.ts';
import { toLlmUse } from './toLlmUse.ts';

/** The use and the cost of the calls of one bucket. */
export interface PricedUsageRow extends LlmUsageRow, LlmPrice {}

/** How a use is priced: `priceLlmUse`. */
export type PriceUse = (use: LlmUse, overrides: readonly LlmPriceOverride[]) => LlmPrice;

const BUCKET_SECONDS = 60;

/** Calls summed by minute and by what `llm_usage` tells apart; each is priced by itself, since price tiers hold for a call. */
export function sumCalls(
  calls: readonly PushedCall[],
  price: PriceUse,
  overrides: readonly LlmPriceOverride[],
): PricedUsageRow[] {
  const rows = new Map<string, { row: LlmUsageRow; prices: LlmPrice[] }>();
  for (const call of calls) {
    const use = toLlmUse(call);
    const row = toRow(call, use.contextWindow);
    const { units, requests, ...key } = row;
    const name = JSON.stringify(key);
    const found = rows.get(name);
    const priced = price(use, overrides);
    if (found === undefined) {
      rows.set(name, { row: { ...row, units: { ...units } }, prices: [priced] });
      continue;
    }
    found.prices.push(priced);
    found.row.requests = addWhole(found.row.requests ?? '0', requests ?? '0');
    for (const [meter, amount] of Object.entries(units) as [LlmMeter, string][])
      found.row.units[meter] = addWhole(found.row.units[meter] ?? '0', amount);
  }
  return [...rows.values()].map(({ row, prices }) => ({ ...row, ...sumPrices(prices) }));
}

function toRow(call: PushedCall, contextWindow: string): LlmUsageRow {
  const bucketMs = BUCKET_SECONDS * 1000;
  return {
    connectionId: call.connectionId,
    provider: call.provider,
    source: 'push',
    bucketStart: new Date(Math.floor(call.at.getTime() / bucketMs) * bucketMs).toISOString(),
    bucketSeconds: BUCKET_SECONDS,
    model: call.model,
    apiKeyId: call.apiKeyId,
    projectId: call.projectId,
    serviceTier: call.serviceTier,
    contextWindow,
    endpoint: call.endpoint,
    userTag: call.userTag,
    units: call.units,
    requests: String(call.requests),
  };
}

function sumPrices(prices: readonly LlmPrice[]): LlmPrice {
  const costs = prices.map(({ cost }) => cost);
  return {
    cost: costs.includes(null) ? null : sumDecimals(costs.filter((cost) => cost !== null)),
    parts: sumByMeter(prices.map(({ parts }) => parts)),
    mayAdd: sumByMeter(prices.map(({ mayAdd }) => mayAdd)),
    unpriced: [...new Set(prices.flatMap(({ unpriced }) => unpriced))].sort(),
    priceSource: prices.at(-1)?.priceSource ?? 'unknown',
  };
}

function sumByMeter(all: readonly LlmPrice['parts'][]): LlmPrice['parts'] {
  const amounts = new Map<string, string[]>();
  for (const parts of all) {
    for (const [meter, amount] of Object.entries(parts)) {
      const found = amounts.get(meter);
      if (found === undefined) amounts.set(meter, [amount]);
      else found.push(amount);
    }
  }
  return Object.fromEntries([...amounts].map(([meter, own]) => [meter, sumDecimals(own)]));
}

function addWhole(a: string, b: string): string {
  return String(BigInt(a) + BigInt(b));
}
