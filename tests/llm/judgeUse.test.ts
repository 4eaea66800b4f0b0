import { expect, test } from 'vitest';
import type { LlmAnomalyKind } from '../../core/contracts/llmFinding.ts';
import { judgeUse, type LlmFinding } from '../../core/llm/detection/judgeUse.ts';
import {
  DAY_MS,
  HOUR_MS,
  type KnownEpisode,
  MINUTE_MS,
  type UseCell,
} from '../../core/llm/detection/useView.ts';
import {
  byHour,
  byMinute,
  randomFrom,
  type SimulatedEvent,
  type SimulatedKey,
  simulateUse,
  viewAt,
} from './simulatedUse.ts';

const START = Date.parse('2026-11-10T00:00:00Z');
const DAYS = 4;
const END = START + DAYS * DAY_MS;
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 3);
const STEP_MS = 5 * MINUTE_MS;

const KEYS: SimulatedKey[] = [
  ['office', 'large', 12_000, 0.6],
  ['always', 'small', 60_000, 0.7],
  ['sporadic', 'large', 20_000, 0.1],
  ['nightly', 'other', 120_000, 0],
  ['monthly', 'other', 90_000, 0],
  ['ramp', 'large', 10_000, 0.5],
  ['always', 'large', 9_000, 0.8],
  ['office', 'small', 4_000, 0.3],
].map(([shape, model, tokens, cached], index) => ({
  apiKeyId: `key_${String(index)}`,
  projectId: `proj_${String(index % 3)}`,
  shape: shape as SimulatedKey['shape'],
  model: model as string,
  tokens: tokens as number,
  cached: cached as number,
}));

interface Seen {
  kind: LlmAnomalyKind;
  about: string;
  at: number;
  finding: LlmFinding;
}

/** Judges every five minutes as the poll does, and carries on what was found. */
function watch(cells: readonly UseCell[], from: number, to: number, stepMs = STEP_MS): Seen[] {
  const seen: Seen[] = [];
  let known: KnownEpisode[] = [];
  const hours = byHour(cells);
  const recent = byMinute(cells.filter(({ at }) => at >= from - 7 * HOUR_MS && at < to));
  const [hourAt, cellAt] = [hours, recent].map((list) => groupedByTime(list));
  // Polls run at any minute of five.
  for (let until = from + 2 * MINUTE_MS; until <= to; until += stepMs) {
    const hour = Math.floor(until / HOUR_MS) * HOUR_MS;
    const view = viewAt(between(cellAt!, hour - 6 * HOUR_MS, until, MINUTE_MS), until);
    const past = between(hourAt!, hour - 35 * DAY_MS, hour, HOUR_MS);
    const current = view.hours.filter((c) => c.at === hour);
    const { findings, over } = judgeUse({ ...view, hours: [...past, ...current], known });
    for (const finding of findings) {
      const old = known.find((k) => k.kind === finding.kind && sameScope(k, finding));
      if (old === undefined || (old.status === 'resolved' && old.startedAt !== finding.startedAt))
        seen.push({
          kind: finding.kind,
          about: finding.scope.apiKeyId || finding.scope.model,
          at: until,
          finding,
        });
      known = known.filter((k) => k !== old);
      known.push({
        kind: finding.kind,
        scope: finding.scope,
        startedOn: finding.startedOn,
        startedAt: finding.startedAt,
        lastSeenAt: finding.seenUntil,
        status: 'open',
        impact: finding.total.actual - finding.total.expected,
      });
    }
    known = known.map((k) => (over.includes(k) ? { ...k, status: 'resolved' } : k));
  }
  return seen;
}

function groupedByTime(cells: readonly UseCell[]): Map<number, UseCell[]> {
  const grouped = new Map<number, UseCell[]>();
  for (const cell of cells) grouped.set(cell.at, [...(grouped.get(cell.at) ?? []), cell]);
  return grouped;
}

function between(cells: Map<number, UseCell[]>, from: number, to: number, step: number) {
  const found: UseCell[] = [];
  for (let at = from; at < to; at += step) found.push(...(cells.get(at) ?? []));
  return found;
}

const sameScope = (known: KnownEpisode, finding: LlmFinding) =>
  JSON.stringify(known.scope) === JSON.stringify(finding.scope);

test('ordinary weeks raise nothing: nights, weekends, weekly and monthly jobs, sessions, a project that grows', () => {
  const rows = Array.from({ length: SEEDS }, (_, i) => i + 1).map((seed) => {
    const cells = simulateUse(KEYS, [], { start: START, end: END }, seed);
    return watch(cells, START, END, 15 * MINUTE_MS);
  });
  const raised = rows.flat();
  console.log(
    `false alarms in ${rows.length * DAYS} days of 8 keys: ${raised.length}`,
    raised.map((s) => `${s.kind} ${s.about} ${new Date(s.at).toISOString()} ${s.finding.says}`),
  );
  expect(raised.length).toBeLessThanOrEqual(2);
}, 180_000);

const EVENTS: [LlmAnomalyKind, (seed: number) => Omit<SimulatedEvent, 'to'>][] = [
  [
    'runaway_loop',
    (s) => ({ apiKeyId: `key_${s % 3}`, from: at(s), volume: [12, 20, 12][s % 3]! }),
  ],
  ['key_misuse', (s) => ({ apiKeyId: 'key_7', from: night(s), volume: 6, model: 'large' })],
  ['key_misuse', (s) => ({ apiKeyId: 'key_1', from: at(s), volume: 8, model: 'other' })],
  ['cache_share', (s) => ({ apiKeyId: 'key_6', from: at(s), cached: 0.05 })],
  ['price_change', (s) => ({ apiKeyId: 'key_1', from: at(s), price: 2 })],
  ['model_swap', (s) => ({ apiKeyId: 'key_1', from: at(s), model: 'large' })],
];

/** When what is spent beyond the usual has come to the floor; a price is one from its first minute. */
function dueAt(
  cells: readonly UseCell[],
  usual: readonly UseCell[],
  from: number,
  kind: LlmAnomalyKind,
): number {
  if (kind === 'price_change') return from;
  const more = new Map<number, number>();
  const add = (list: readonly UseCell[], sign: number) => {
    for (const { at, cost } of list)
      if (at >= from) more.set(at, (more.get(at) ?? 0) + sign * cost);
  };
  add(cells, 1);
  add(usual, -1);
  let spent = 0;
  for (const at of [...more.keys()].sort((a, b) => a - b)) {
    spent += more.get(at) ?? 0;
    if (spent >= 2.5) return at + 5 * MINUTE_MS;
  }
  return Infinity;
}

const at = (seed: number) =>
  START + DAY_MS + Math.floor(randomFrom(seed)() * 30) * HOUR_MS + 25 * MINUTE_MS;
const night = (seed: number) => START + DAY_MS + (22 + (seed % 7)) * HOUR_MS + 10 * MINUTE_MS;

test('each kind is found with its subject, within fifteen minutes of the spend that makes it one', () => {
  const scores: Record<string, { told: number; found: number; late: number[]; wrong: string[] }> =
    {};
  for (const [kind, make] of EVENTS) {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const event = { ...make(seed), to: END };
      const cells = simulateUse(
        KEYS,
        [event],
        { start: START, end: event.from + 8 * HOUR_MS },
        seed,
      );
      const usual = simulateUse(KEYS, [], { start: START, end: event.from + 8 * HOUR_MS }, seed);
      const due = dueAt(cells, usual, event.from, kind);
      const seen = watch(cells, event.from - HOUR_MS, event.from + 7 * HOUR_MS);
      const score = (scores[`${kind} ${event.apiKeyId}`] ??= {
        told: 0,
        found: 0,
        late: [],
        wrong: [],
      });
      score.told += 1;
      const key = KEYS.find(({ apiKeyId }) => apiKeyId === event.apiKeyId);
      const own = seen.find(
        (s) =>
          s.kind === kind &&
          s.at >= event.from &&
          [event.apiKeyId, key?.model, event.model].includes(s.about),
      );
      if (own !== undefined) {
        score.found += 1;
        score.late.push((own.at - due) / MINUTE_MS);
      }
      for (const s of seen) if (s !== own) score.wrong.push(`${s.kind} ${s.about}`);
    }
  }
  console.log(JSON.stringify(scores, undefined, 1));
  for (const [name, { told, found, late, wrong }] of Object.entries(scores)) {
    expect(found, name).toBe(told);
    expect(Math.max(...late), name).toBeLessThanOrEqual(15);
    expect(wrong, name).toEqual([]);
  }
}, 240_000);
