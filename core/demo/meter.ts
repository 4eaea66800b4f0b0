import type { CostRecord } from '../focus/costRecord.ts';
import { money, multiplyMoney, roundMoney, toDecimalString } from '../money/money.ts';
import { addDays, daysBetween } from '../time/day.ts';
import { bell } from './chance.ts';

/** Something out of the ordinary: from `from` to `to` (excluded), in days from the anchor, the quantity is multiplied. */
export interface Incident {
  from: number;
  to: number;
  factor: number;
}

/** One thing that is metered and billed day by day. */
export interface Meter {
  subAccountId: string;
  subAccountName: string;
  serviceName: string;
  serviceCategory: string;
  regionId: string | null;
  skuId: string | null;
  skuMeter: string;
  unit: string;
  /** List price of one unit, an exact decimal in the bill's currency. */
  price: string;
  /** Units on an ordinary working day at the anchor. */
  perDay: number;
  /** Quantity on a weekend day as a part of a working day's; default 1. */
  weekend?: number;
  /** Standard deviation of the daily noise as a part of the quantity; default 0. */
  noise?: number;
  /** Growth over a year as a part of the quantity at the anchor; default 0. */
  growth?: number;
  /** Billed once, on the first day of each month. */
  monthly?: true;
  /** First day, and day after the last, in days from the anchor; default: always. */
  since?: number;
  until?: number;
  incident?: Incident;
  pricingCategory?: 'Standard' | 'Dynamic';
  chargeCategory?: 'Usage' | 'Purchase';
  /** A discount given back as a credit row of its own, in percent of the charge. */
  creditPercent?: number;
}

/** Who bills, and in what. */
export interface Biller {
  providerName: string;
  billingAccountId: string;
  currency: string;
}

/** A part of a day's usage of one meter, priced. */
export interface Usage {
  meter: Meter;
  /** Exact decimal in the meter's unit. */
  quantity: string;
  resource?: { id: string; name: string; type: string; tags: Record<string, string> };
}

/** Decimals that stored amounts have. */
const COST_PLACES = 6;

/** What a meter counts on a day; undefined where it bills nothing. */
export function usageOf(meter: Meter, day: string, anchorDay: string): Usage | undefined {
  const offset = daysBetween(anchorDay, day);
  if (offset < (meter.since ?? -Infinity) || offset >= (meter.until ?? Infinity)) return undefined;
  if (meter.monthly && !day.endsWith('-01')) return undefined;
  const amount =
    meter.perDay *
    growthFactor(meter, offset) *
    (meter.monthly ? 1 : weekFactor(day, meter.weekend ?? 1)) *
    (1 + (meter.noise ?? 0) * bell(noiseKey(meter, day))) *
    incidentFactor(meter.incident, offset);
  const quantity = toDecimalString(amount.toFixed(COUNTED.has(meter.unit) ? 0 : 3));
  return quantity === '0' ? undefined : { meter, quantity };
}

/** The FOCUS rows of a day's usage of one meter: the charge, and its credit where it has one. */
export function toCostRecords(
  usage: Usage,
  day: string,
  biller: Biller,
  xEstimated: boolean,
): CostRecord[] {
  const { meter, quantity } = usage;
  const cost = costOf(meter.price, quantity, biller.currency);
  const charge: CostRecord = {
    chargePeriodStart: `${day}T00:00:00.000Z`,
    chargePeriodEnd: `${addDays(day, 1)}T00:00:00.000Z`,
    providerName: biller.providerName,
    billingAccountId: biller.billingAccountId,
    subAccountId: meter.subAccountId,
    subAccountName: meter.subAccountName,
    serviceName: meter.serviceName,
    serviceCategory: meter.serviceCategory,
    regionId: meter.regionId,
    skuId: meter.skuId,
    skuMeter: meter.skuMeter,
    resourceId: usage.resource?.id ?? null,
    resourceName: usage.resource?.name ?? null,
    resourceType: usage.resource?.type ?? null,
    chargeCategory: meter.chargeCategory ?? 'Usage',
    pricingCategory: meter.pricingCategory ?? 'Standard',
    tags: usage.resource?.tags ?? {},
    consumedQuantity: quantity,
    consumedUnit: meter.unit,
    billedCost: cost,
    effectiveCost: cost,
    listCost: cost,
    contractedCost: cost,
    billingCurrency: biller.currency,
    xEstimated,
  };
  return meter.creditPercent === undefined ? [charge] : [charge, creditOn(charge, meter)];
}

function creditOn(charge: CostRecord, meter: Meter): CostRecord {
  const rate = `-0.${String(meter.creditPercent).padStart(2, '0')}`;
  const amount = costOf(rate, charge.billedCost, charge.billingCurrency);
  return {
    ...charge,
    skuMeter: `Sustained use discount: ${meter.skuMeter}`,
    chargeCategory: 'Credit',
    consumedQuantity: null,
    consumedUnit: null,
    billedCost: amount,
    effectiveCost: amount,
    listCost: '0',
    contractedCost: amount,
  };
}

function costOf(price: string, quantity: string, currency: string): string {
  return toDecimalString(
    roundMoney(multiplyMoney(money(price, currency), quantity), COST_PLACES).amount,
  );
}

/** Units that only come whole. */
const COUNTED = new Set(['Requests', 'Tokens', 'ReadRequestUnits', 'WriteRequestUnits', 'Queries']);

// Straight lines and sums only: powers and logarithms may differ in the last bit from one machine to the next.
function growthFactor(meter: Meter, offset: number): number {
  return Math.max(0.1, 1 + ((meter.growth ?? 0) * offset) / 365);
}

const FRIDAY = 5;

function weekFactor(day: string, weekend: number): number {
  const weekday = new Date(day).getUTCDay();
  if (weekday === 0 || weekday === 6) return weekend;
  return weekday === FRIDAY ? 1 + (weekend - 1) * 0.15 : 1;
}

function incidentFactor(incident: Incident | undefined, offset: number): number {
  return incident !== undefined && offset >= incident.from && offset < incident.to
    ? incident.factor
    : 1;
}

function noiseKey(meter: Meter, day: string): string {
  return [meter.subAccountId, meter.regionId, meter.skuId, meter.skuMeter, day].join('|');
}
