import type { LlmAnomalyKind } from '../../core/contracts/llmFinding.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type UseCell } from '../../core/llm/detection/useView.ts';
import { KEYS } from './simulatedKeys.ts';
import { byMinute, randomFrom, type SimulatedEvent, simulateUse } from './simulatedUse.ts';
import { type RaisedFinding, watchUse } from './watchUse.ts';

const START = Date.parse('2026-11-10T00:00:00Z');
// What the judge of the simulation takes for worth a word.
const FLOOR = 2.5;
const WATCHED_MS = 2 * HOUR_MS;
// A cache that is missed at night takes most of it to come to the floor.
const DUE_MS_MAX = 12 * HOUR_MS;

/** Something that goes wrong, and what it is to be found as. */
export interface EventKind {
  name: string;
  kind: LlmAnomalyKind;
  make: (seed: number) => Omit<SimulatedEvent, 'from' | 'to'>;
  /** When it begins: at any time of a day and a half, or in a night. */
  beginsAt: (seed: number) => number;
}

// On the five minutes by which use is made up.
const anyTime = (seed: number): number =>
  START + DAY_MS + Math.floor(randomFrom(seed * 7919)() * 30 * 12) * 5 * MINUTE_MS;
const night = (seed: number): number =>
  START + DAY_MS + (22 + (seed % 7)) * HOUR_MS + (seed % 12) * 5 * MINUTE_MS;

/** All that is made up to go wrong. */
export const EVENTS: readonly EventKind[] = [
  {
    name: 'runaway loop of an office key, of a service, of sessions at any hour',
    kind: 'runaway_loop',
    make: (seed) => ({ apiKeyId: `key_${seed % 3}`, volume: [12, 20, 12][seed % 3] ?? 12 }),
    beginsAt: anyTime,
  },
  {
    name: 'leaked key at night, on another model',
    kind: 'key_misuse',
    make: () => ({ apiKeyId: 'key_7', volume: 6, model: 'large' }),
    beginsAt: night,
  },
  {
    name: 'leaked key of a service at any time, on another model',
    kind: 'key_misuse',
    make: () => ({ apiKeyId: 'key_1', volume: 8, model: 'other' }),
    beginsAt: anyTime,
  },
  {
    name: 'a cache that is missed',
    kind: 'cache_share',
    make: () => ({ apiKeyId: 'key_6', cached: 0.05 }),
    beginsAt: anyTime,
  },
  {
    name: 'a price that doubles',
    kind: 'price_change',
    make: () => ({ apiKeyId: 'key_1', price: 2 }),
    beginsAt: anyTime,
  },
  {
    name: 'a service moved to a dearer model',
    kind: 'model_swap',
    make: () => ({ apiKeyId: 'key_1', model: 'large' }),
    beginsAt: anyTime,
  },
];

/** What became of an event. */
export interface EventOutcome {
  apiKeyId: string;
  from: number;
  /** Minutes from when its extra spend had come to the floor to the finding, at the judge's data; undefined where none came. */
  lateMinutes: number | undefined;
  /** What else was raised. */
  wrong: RaisedFinding[];
}

/** Makes an event up and watches it for two hours, and until one after its spend has come to the floor. */
export function runEvent({ kind, make, beginsAt }: EventKind, seed: number): EventOutcome {
  const from = beginsAt(seed);
  const event: SimulatedEvent = { ...make(seed), from, to: from + DAY_MS };
  const period = { start: START, end: from + DUE_MS_MAX };
  const cells = simulateUse(KEYS, [event], period, seed);
  const usual = simulateUse(KEYS, [], period, seed);
  const due = dueAt(cells, usual, from, kind);
  // Polls run at any minute of five.
  const first = from - HOUR_MS + (seed % 5) * MINUTE_MS;
  const to = Math.min(Math.max(from + WATCHED_MS, due + HOUR_MS), period.end);
  const raised = watchUse(cells, { from: first, to });
  const key = KEYS.find(({ apiKeyId }) => apiKeyId === event.apiKeyId);
  const isAbout = ({ apiKeyId, model }: { apiKeyId: string; model: string }) =>
    apiKeyId === event.apiKeyId || (apiKeyId === '' && [key?.model, event.model].includes(model));
  const own = raised.find(
    ({ at, finding }) => finding.kind === kind && at >= from && isAbout(finding.scope),
  );
  return {
    apiKeyId: event.apiKeyId,
    from,
    lateMinutes: own && (own.at - due) / MINUTE_MS,
    wrong: raised.filter((one) => one !== own),
  };
}

/** The end of the minute in which what is spent beyond the usual has come to the floor; a price is one from its first minute. */
function dueAt(
  cells: readonly UseCell[],
  usual: readonly UseCell[],
  from: number,
  kind: LlmAnomalyKind,
): number {
  if (kind === 'price_change') return from;
  const more = new Map<number, number>();
  const add = (list: readonly UseCell[], sign: number) => {
    for (const { at, cost } of byMinute(list.filter((cell) => cell.at >= from - 5 * MINUTE_MS)))
      more.set(at, (more.get(at) ?? 0) + sign * cost);
  };
  add(cells, 1);
  add(usual, -1);
  let spent = 0;
  for (const at of [...more.keys()].sort((a, b) => a - b)) {
    spent += more.get(at) ?? 0;
    if (spent >= FLOOR) return at + MINUTE_MS;
  }
  return Infinity;
}

/** Ordinary days from a Tuesday on, judged every quarter of an hour: what is raised is a false alarm. */
export function runOrdinaryDays(days: number, seed: number): RaisedFinding[] {
  const period = { start: START, end: START + days * DAY_MS };
  return watchUse(simulateUse(KEYS, [], period, seed), {
    from: period.start + (seed % 15) * MINUTE_MS,
    to: period.end,
    stepMs: 15 * MINUTE_MS,
  });
}
