import type { Random } from './createRandom.ts';
import type { EventKind, LabelledEvent } from './labelledSeries.ts';

/** A series before events: cost by day, and the log standard deviation of its own noise. */
export interface BareSeries {
  cost: number[];
  sigma: number;
  /** Width of the white noise in which two weeks of a lasting move would be as hard to see; default `sigma`. */
  lastingSigma?: number;
  /** Whether the day is normally idle (weekend switched off) and what it would cost running; undefined where it never idles. */
  running?: (number | undefined)[];
}

const SPIKES = {
  'spike small': { share: 0.18, low: 4.5, high: 6.5 },
  'spike medium': { share: 0.4, low: 7, high: 11 },
  'spike large': { share: 1.2, low: 14, high: 30 },
} as const;
const SHIFTS = { 'shift small': 0.15, 'shift medium': 0.3, 'shift large': 0.8 } as const;
const DRIFTS = {
  'drift small': [0.28, 0.42],
  'drift medium': [0.5, 0.9],
  'drift large': [1.2, 2.5],
} as const;

/** Puts one event into a series, in place; undefined where it does not fit or would not matter in money. */
export function injectEvent(
  bare: BareSeries,
  kind: EventKind,
  start: number,
  random: Random,
): LabelledEvent | undefined {
  const { cost } = bare;
  const before = [...cost];
  const end = apply(bare, kind, start, random);
  if (end === undefined) return undefined;
  const changes = cost
    .slice(start, end + 1)
    .map((value, i) => Math.abs(value - before[start + i]!));
  const known = changes.filter((change) => !Number.isNaN(change));
  const impact = known.reduce((sum, change) => sum + change, 0);
  if (sizeInMoney(kind, known) < 4 || impact < 12) {
    before.forEach((value, day) => (cost[day] = value));
    return undefined;
  }
  return { kind, start, end, impact };
}

/** What an event changes a day: at its peak, or where it lasts on a typical day of its last week. */
function sizeInMoney(kind: EventKind, changes: readonly number[]): number {
  if (!/^(shift|drift)/.test(kind)) return Math.max(...changes);
  const last = changes.slice(-7).sort((a, b) => a - b);
  return last[last.length >> 1] ?? 0;
}

function apply(
  bare: BareSeries,
  kind: EventKind,
  start: number,
  random: Random,
): number | undefined {
  const { cost, sigma } = bare;
  switch (kind) {
    case 'spike small':
    case 'spike medium':
    case 'spike large': {
      const { share, low, high } = SPIKES[kind];
      const size = Math.max(Math.log(1 + share), random.uniform(low, high) * sigma);
      const end = Math.min(cost.length - 1, start + random.pick([0, 0, 0, 1, 2]));
      scale(cost, start, end, () => Math.min(size, Math.log(60)));
      return end;
    }
    case 'not switched off': {
      const running = bare.running;
      if (running === undefined) return undefined;
      let first = start;
      while (first < cost.length && running[first] === undefined) first += 1;
      if (first !== start) return undefined;
      let end = first;
      while (end < cost.length && running[end] !== undefined) {
        cost[end] = running[end]!;
        end += 1;
      }
      return end - 1;
    }
    case 'shift small':
    case 'shift medium':
    case 'shift large': {
      const size = Math.log(1 + SHIFTS[kind]);
      scale(cost, start, cost.length - 1, () => size);
      return Math.min(cost.length - 1, start + 13);
    }
    case 'drift small':
    case 'drift medium':
    case 'drift large': {
      const [low, high] = DRIFTS[kind];
      const length = random.integer(21, 45);
      if (start + length >= cost.length) return undefined;
      const size = Math.log(1 + random.uniform(low, high));
      scale(cost, start, cost.length - 1, (day) => size * Math.min(1, (day - start + 1) / length));
      return start + length - 1;
    }
    case 'drop': {
      const end = Math.min(cost.length - 1, start + random.integer(1, 6));
      const left = Math.min(random.uniform(0.05, 0.5), Math.exp(-9 * sigma));
      scale(cost, start, end, () => Math.log(left));
      return end;
    }
    case 'new service':
      return undefined;
    default:
      return kind satisfies never;
  }
}

function scale(cost: number[], start: number, end: number, effect: (day: number) => number): void {
  for (let day = start; day <= end; day += 1) cost[day] = cost[day]! * Math.exp(effect(day));
}
