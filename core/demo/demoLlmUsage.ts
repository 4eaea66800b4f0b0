import type { LlmMeter, LlmUnits } from '../llm/meters.ts';
import { INPUT_METERS } from '../llm/tokenMeters.ts';
import type { LlmUsageRow } from '../llm/usageRow.ts';
import { money, multiplyMoney, sumDecimals } from '../money/money.ts';
import { addDays, daysBetween } from '../time/day.ts';
import { bell } from './chance.ts';
import { demoHistoryStart, type DemoStory } from './demoCosts.ts';
import { ANTHROPIC_METERS, DEMO_KEYS, OPENAI_METERS } from './llmMeters.ts';
import { type Meter, usageOf } from './meter.ts';

/** Use of the demo's models in one bucket with its cost by kind, exact decimals of USD. */
export interface DemoLlmUse {
  row: Omit<LlmUsageRow, 'connectionId'>;
  costParts: Partial<Record<LlmMeter, string>>;
}

/** Which hours and days are told. */
export interface DemoLlmPeriod {
  provider: 'openai' | 'anthropic';
  /** First UTC day, included. */
  from: string;
  /** End, a UTC instant, excluded: hours that begin before it are told. */
  until: string;
}

const HOURLY_DAYS = 35;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** What part of a day's use falls into each UTC hour: a company in Europe that has customers elsewhere. */
const BUSY_HOURS = [
  2, 2, 2, 2, 3, 4, 7, 11, 14, 15, 15, 13, 12, 14, 15, 15, 13, 10, 7, 5, 4, 4, 3, 2,
];

const KINDS: Readonly<Record<string, LlmMeter>> = {
  input: 'input',
  cached_input: 'cache_read',
  cache_read: 'cache_read',
  cache_write: 'cache_write_5m',
  output: 'output',
};

const TRAITS = {
  openai: { meters: OPENAI_METERS, serviceTier: 'default', contextWindow: '' },
  anthropic: { meters: ANTHROPIC_METERS, serviceTier: 'standard', contextWindow: '0-200k' },
} as const;

/**
 * What the demo's OpenAI and Anthropic connections used, oldest first: the very tokens that `demoCosts` bills for each
 * project, model and kind, by key and hour, and by day where they are older than 35 days before the anchor. Follows from
 * provider, day and story only.
 */
export function* demoLlmUsage(
  { provider, from, until }: DemoLlmPeriod,
  story: DemoStory,
): Generator<DemoLlmUse> {
  const start = demoHistoryStart(story.anchorDay);
  for (let day = from > start ? from : start; day < until.slice(0, 10); day = addDays(day, 1)) {
    yield* dayOf(provider, day, story.anchorDay);
  }
  const lastDay = until.slice(0, 10);
  for (const use of lastDay < start ? [] : dayOf(provider, lastDay, story.anchorDay)) {
    if (use.row.bucketStart < until) yield use;
  }
}

function dayOf(provider: DemoLlmPeriod['provider'], day: string, anchorDay: string): DemoLlmUse[] {
  const isHourly = daysBetween(anchorDay, day) >= -HOURLY_DAYS;
  const buckets = new Map<string, DemoLlmUse>();
  for (const meter of TRAITS[provider].meters) {
    const quantity = usageOf(meter, day, anchorDay)?.quantity;
    if (quantity === undefined) continue;
    const hours = isHourly ? HOURS : [0];
    for (const { hour, key, units } of spread(meter, { day, hours, anchorDay }, Number(quantity))) {
      const id = JSON.stringify([hour, key, meter.subAccountId, meter.skuMeter]);
      const use = buckets.get(id) ?? emptyUse(provider, meter, { day, hour, key, isHourly });
      buckets.set(id, use);
      addUnits(use, meter, units);
    }
  }
  return [...buckets.values()]
    .map((use) => ({ ...use, row: { ...use.row, requests: requestsOf(use.row) } }))
    .sort((a, b) => (a.row.bucketStart < b.row.bucketStart ? -1 : 1));
}

function emptyUse(
  provider: DemoLlmPeriod['provider'],
  meter: Meter,
  { day, hour, key, isHourly }: { day: string; hour: number; key: string; isHourly: boolean },
): DemoLlmUse {
  const { serviceTier, contextWindow } = TRAITS[provider];
  return {
    row: {
      provider,
      source: 'pull',
      bucketStart: `${day}T${String(hour).padStart(2, '0')}:00:00.000Z`,
      bucketSeconds: isHourly ? 3600 : 86_400,
      model: meter.skuMeter,
      apiKeyId: key,
      projectId: meter.subAccountId,
      serviceTier,
      contextWindow,
      endpoint: endpointOf(provider, meter.skuMeter),
      userTag: '',
      units: {},
      requests: null,
    },
    costParts: {},
  };
}

function addUnits({ row, costParts }: DemoLlmUse, meter: Meter, units: number): void {
  const kind = KINDS[meter.skuId?.split('/')[1] ?? ''];
  if (kind === undefined || units === 0) return;
  const sum = sumDecimals([row.units[kind] ?? '0', String(units)]);
  row.units[kind] = sum;
  costParts[kind] = multiplyMoney(money(meter.price, 'USD'), sum).amount;
}

/** A day's whole tokens by hour and key; together exactly `quantity`. */
function spread(
  meter: Meter,
  { day, hours, anchorDay }: { day: string; hours: readonly number[]; anchorDay: string },
  quantity: number,
) {
  const keys = DEMO_KEYS[meter.subAccountId] ?? [];
  const { incident } = meter;
  const offset = daysBetween(anchorDay, day);
  const isIncident = incident !== undefined && offset >= incident.from && offset < incident.to;
  // What an incident adds falls on the first key alone, at every hour: a loop does not sleep.
  const usual = isIncident ? Math.round(quantity / incident.factor) : quantity;
  const cells = hours.flatMap((hour) =>
    keys.map(({ id, share }) => ({ hour, key: id, weight: share * weightOf(meter, day, hour) })),
  );
  const loop = hours.map((hour) => ({ hour, key: keys[0]?.id ?? '', weight: 1 }));
  return [...splitExactly(usual, cells), ...splitExactly(quantity - usual, loop)];
}

function weightOf(meter: Meter, day: string, hour: number): number {
  const noise = 1 + 0.1 * bell([meter.subAccountId, meter.skuMeter, day, hour].join('|'));
  return Math.round(100 * (BUSY_HOURS[hour] ?? 1) * noise);
}

function splitExactly<T extends { weight: number }>(quantity: number, cells: readonly T[]) {
  const total = cells.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  return cells.map((cell) => {
    const floor = (weight: number) => Math.floor((quantity * weight) / total);
    const units = floor(before + cell.weight) - floor(before);
    before += cell.weight;
    return { ...cell, units };
  });
}

const endpointOf = (provider: string, model: string): string =>
  provider === 'anthropic'
    ? 'messages'
    : model.includes('embedding')
      ? 'embeddings'
      : 'completions';

const INPUT_PER_REQUEST = 3200;

/** Anthropic's report does not count requests. */
function requestsOf({ provider, units }: { provider: string; units: LlmUnits }): string | null {
  if (provider === 'anthropic') return null;
  const input = Number(sumDecimals(INPUT_METERS.map((meter) => units[meter] ?? '0')));
  return String(Math.max(1, Math.round(input / INPUT_PER_REQUEST)));
}
