import { tokensIn } from '../../core/llm/detection/useSeries.ts';
import {
  DAY_MS,
  HABIT_DAYS,
  HOUR_MS,
  type JudgedMeter,
  MINUTE_MS,
  PEAK_MS,
  type UseCell,
  type UseView,
} from '../../core/llm/detection/useView.ts';

/** USD a million tokens of the models that are made up. */
export const PRICES: Record<string, Record<string, number>> = {
  small: { input: 0.5, cache_read: 0.05, output: 2 },
  large: { input: 5, cache_read: 0.5, output: 25 },
  other: { input: 3, cache_read: 0.3, output: 15 },
};

/** How a made-up key is used. */
export interface SimulatedKey {
  apiKeyId: string;
  projectId: string;
  model: string;
  /** Tokens a minute at the busiest time. */
  tokens: number;
  /** Part of the prompts that is read from the cache. */
  cached: number;
  shape: 'office' | 'always' | 'sporadic' | 'nightly' | 'monthly' | 'ramp';
}

/** What is different from some moment on; factors and names in place of the usual ones. */
export interface SimulatedEvent {
  apiKeyId: string;
  from: number;
  to: number;
  volume?: number;
  model?: string;
  cached?: number;
  /** Factor on the price of input. */
  price?: number;
}

const BUCKET_MS = 5 * MINUTE_MS;

/** Numbers that look random and are the same for each seed (mulberry32, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const bell = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());

/** The use of keys by five minutes, from the habit's first day to `end`. */
export function simulateUse(
  keys: readonly SimulatedKey[],
  events: readonly SimulatedEvent[],
  period: { start: number; end: number },
  seed: number,
): UseCell[] {
  const cells: UseCell[] = [];
  for (const [index, key] of keys.entries()) {
    const random = randomFrom(seed * 1000 + index);
    let day = 1;
    let session = 0;
    const from = period.start - HABIT_DAYS * DAY_MS;
    for (let at = from; at < period.end; at += BUCKET_MS) {
      if (at % DAY_MS === 0) day = Math.exp(0.25 * bell(random));
      if (at % HOUR_MS === 0) session = random() < 0.12 ? 0.3 + random() : 0;
      const wobble = Math.exp(0.35 * bell(random));
      const share = Math.min(0.98, Math.max(0, key.cached + 0.04 * bell(random)));
      const usual = shapeAt(key, at, from, session) * day * wobble * key.tokens * 5;
      const event = events.find((e) => e.apiKeyId === key.apiKeyId && at >= e.from && at < e.to);
      // What is added runs beside what is usual, at the level of the busiest time.
      const added = ((event?.volume ?? 1) - 1) * key.tokens * 5;
      const isMoved = event?.model !== undefined && event.volume === undefined;
      const put = (tokens: number, model: string) => {
        if (tokens >= 1)
          cells.push(cellOf({ ...key, model }, at, tokens, event?.cached ?? share, event?.price));
      };
      put(usual, isMoved ? (event.model ?? key.model) : key.model);
      put(added, event?.model ?? key.model);
    }
  }
  return cells;
}

function shapeAt(key: SimulatedKey, at: number, from: number, session: number): number {
  const time = new Date(at);
  const hour = time.getUTCHours() + time.getUTCMinutes() / 60;
  const isWeekend = [0, 6].includes(time.getUTCDay());
  const daylight = 0.5 - 0.5 * Math.cos(((hour - 3) / 24) * 2 * Math.PI);
  switch (key.shape) {
    case 'office':
      return hour < 7 || hour >= 20 ? 0 : (isWeekend ? 0.1 : 1) * daylight;
    case 'always':
      return (isWeekend ? 0.5 : 1) * (0.25 + 0.75 * daylight);
    case 'sporadic':
      return session;
    case 'nightly':
      return hour >= 2 && hour < 3 ? (time.getUTCDay() === 0 ? 3 : 1) : 0.01;
    case 'monthly':
      return time.getUTCDate() === 12 && hour >= 4 && hour < 6 ? 4 : 0.02;
    case 'ramp': {
      // New eleven days before the end of the habit, a fifth more each day.
      const days = (at - from) / DAY_MS - (HABIT_DAYS - 11);
      return days < 0 ? 0 : 0.02 * 1.2 ** days * (0.3 + 0.7 * daylight);
    }
  }
}

function cellOf(key: SimulatedKey, at: number, tokens: number, cached: number, price = 1): UseCell {
  const units: Partial<Record<JudgedMeter, number>> = {
    input: Math.round(tokens * 0.9 * (1 - cached)),
    cache_read: Math.round(tokens * 0.9 * cached),
    output: Math.round(tokens * 0.1),
  };
  const prices = PRICES[key.model] ?? {};
  const parts: UseCell['parts'] = {};
  for (const meter of ['input', 'cache_read', 'output'] as const)
    parts[meter] =
      ((units[meter] ?? 0) * (prices[meter] ?? 0) * (meter === 'input' ? price : 1)) / 1e6;
  return {
    at,
    projectId: key.projectId,
    apiKeyId: key.apiKeyId,
    model: key.model,
    tier: '|',
    cost: Object.values(parts).reduce((sum, part) => sum + part, 0),
    unpricedTokens: 0,
    units,
    parts,
  };
}

/** What a judge of that moment is told of the cells. */
export function viewAt(cells: readonly UseCell[], until: number): UseView {
  const hour = Math.floor(until / HOUR_MS) * HOUR_MS;
  const recentFrom = hour - 6 * HOUR_MS;
  const seen = cells.filter(({ at }) => at >= hour - HABIT_DAYS * DAY_MS && at < until);
  return {
    until,
    hours: byHour(seen),
    recent: seen.filter(({ at }) => at >= recentFrom),
    known: [],
    reconciled: [],
    minImpact: 2.5,
    sensitivity: 1,
  };
}

/** Cells of five minutes as five of a minute, some with more and some with less; the parts add up. */
export function byMinute(cells: readonly UseCell[]): UseCell[] {
  return cells.flatMap((cell) => {
    const random = randomFrom(cell.at / MINUTE_MS + hashOf(cell.apiKeyId + cell.model));
    const weights = Array.from({ length: 5 }, () => 0.2 + random());
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight, minute) => {
      const scale = (values: Partial<Record<JudgedMeter, number>>) =>
        Object.fromEntries(
          Object.entries(values).map(([meter, value]) => [meter, (value * weight) / total]),
        ) as typeof values;
      return {
        ...cell,
        at: cell.at + minute * MINUTE_MS,
        cost: (cell.cost * weight) / total,
        units: scale(cell.units),
        parts: scale(cell.parts),
      };
    });
  });
}

function hashOf(text: string): number {
  let hash = 7;
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0;
  return hash;
}

/**
 * Cells of five minutes summed to hours, or what is told of one bucket summed to one. Hours have their fullest ten minutes
 * where `bucketMs` is one.
 */
export function byHour(cells: readonly UseCell[], bucketMs = HOUR_MS): UseCell[] {
  const buckets = sumBy(cells, bucketMs);
  if (bucketMs === HOUR_MS)
    for (const ten of sumBy(cells, PEAK_MS).values()) {
      const hour = buckets.get(nameOf(ten, HOUR_MS));
      if (hour === undefined) continue;
      const { cost = 0, tokens = 0 } = hour.peak ?? {};
      hour.peak = { cost: Math.max(cost, ten.cost), tokens: Math.max(tokens, tokensIn(ten)) };
    }
  return [...buckets.values()];
}

const startOf = (cell: UseCell, bucketMs: number) => Math.floor(cell.at / bucketMs) * bucketMs;

const nameOf = (cell: UseCell, bucketMs: number) =>
  `${startOf(cell, bucketMs)} ${cell.apiKeyId} ${cell.model}`;

function sumBy(cells: readonly UseCell[], bucketMs: number): Map<string, UseCell> {
  const buckets = new Map<string, UseCell>();
  for (const cell of cells) {
    const name = nameOf(cell, bucketMs);
    const bucket = buckets.get(name);
    if (bucket === undefined) {
      const at = startOf(cell, bucketMs);
      buckets.set(name, { ...cell, at, units: { ...cell.units }, parts: { ...cell.parts } });
      continue;
    }
    bucket.cost += cell.cost;
    for (const meter of ['input', 'cache_read', 'output'] as const) {
      bucket.units[meter] = (bucket.units[meter] ?? 0) + (cell.units[meter] ?? 0);
      bucket.parts[meter] = (bucket.parts[meter] ?? 0) + (cell.parts[meter] ?? 0);
    }
  }
  return buckets;
}
