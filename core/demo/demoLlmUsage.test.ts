import { describe, expect, test } from 'vitest';
import { sumDecimals } from '../money/money.ts';
import { addDays } from '../time/day.ts';
import { demoCosts, demoHistoryStart, type DemoStory } from './demoCosts.ts';
import { demoLlmUsage } from './demoLlmUsage.ts';

const ANCHOR = '2026-11-23';
const STORY: DemoStory = { anchorDay: ANCHOR, today: ANCHOR, changes: [] };
const PROVIDERS = ['openai', 'anthropic'] as const;

const usesOf = (provider: (typeof PROVIDERS)[number], from: string, until: string) => [
  ...demoLlmUsage({ provider, from, until }, STORY),
];
const midnight = (day: string) => `${day}T00:00:00.000Z`;

describe.each(PROVIDERS)('the demo’s use of %s', (provider) => {
  test('is what its costs bill, for each day, project and model', () => {
    for (const offset of [-1, -30, -35, -36, -119, -121, -300]) {
      const [from, to] = [addDays(ANCHOR, offset), addDays(ANCHOR, offset + 1)];
      const uses = usesOf(provider, from, midnight(to));
      const costs = [...demoCosts(provider, { from, to }, STORY)];
      const groups = new Set(costs.map((row) => `${row.subAccountId}|${row.skuMeter}`));
      expect(new Set(uses.map(({ row }) => `${row.projectId}|${row.model}`))).toEqual(groups);
      for (const group of groups) {
        const billed = costs.filter((row) => `${row.subAccountId}|${row.skuMeter}` === group);
        const used = uses.filter(({ row }) => `${row.projectId}|${row.model}` === group);
        expect(sumDecimals(used.flatMap(({ row }) => Object.values(row.units)))).toBe(
          sumDecimals(billed.map((row) => row.consumedQuantity ?? '0')),
        );
        const cost = sumDecimals(used.flatMap(({ costParts }) => Object.values(costParts)));
        // Bills are rounded to six places for each kind of token.
        expect(Number(cost)).toBeCloseTo(Number(sumDecimals(billed.map((r) => r.billedCost))), 5);
      }
    }
  });

  test('is told by the hour for 35 days, and by the day before', () => {
    const seconds = (offset: number) => {
      const uses = usesOf(provider, addDays(ANCHOR, offset), midnight(addDays(ANCHOR, offset + 1)));
      return [...new Set(uses.map(({ row }) => row.bucketSeconds))];
    };
    expect([seconds(-1), seconds(-35), seconds(-36)]).toEqual([[3600], [3600], [86_400]]);
  });

  test('is the same whenever it is asked for, up to the hour that is asked for', () => {
    const whole = usesOf(provider, ANCHOR, midnight(addDays(ANCHOR, 1)));
    const morning = usesOf(provider, ANCHOR, `${ANCHOR}T09:00:00.000Z`);
    expect(morning).toEqual(whole.filter(({ row }) => row.bucketStart < `${ANCHOR}T09`));
    expect(morning.length).toBeGreaterThan(20);
    expect(usesOf(provider, ANCHOR, midnight(ANCHOR))).toEqual([]);
  });

  test('begins where the history begins, and names no bucket twice', () => {
    const uses = usesOf(provider, '2020-01-01', midnight(ANCHOR));
    expect(uses[0]?.row.bucketStart).toBe(midnight(demoHistoryStart(ANCHOR)));
    const keys = uses.map(({ row }) =>
      [row.bucketStart, row.model, row.apiKeyId, row.projectId].join('|'),
    );
    expect(new Set(keys).size).toBe(uses.length);
    expect(uses.every(({ row }) => row.apiKeyId !== '')).toBe(true);
  });
});

test('Anthropic counts no requests, OpenAI does', () => {
  const requests = (provider: (typeof PROVIDERS)[number]) =>
    usesOf(provider, addDays(ANCHOR, -1), midnight(ANCHOR)).map(({ row }) => row.requests);
  expect(requests('anthropic').every((count) => count === null)).toBe(true);
  expect(requests('openai').every((count) => Number(count) >= 1)).toBe(true);
});

test('the agent that looped all of yesterday shows on one key, at night as well', () => {
  const night = (day: string) =>
    usesOf('anthropic', day, `${day}T04:00:00.000Z`).filter(
      ({ row }) => row.model === 'claude-opus-4-5',
    );
  const cost = (day: string) =>
    Number(sumDecimals(night(day).flatMap(({ costParts }) => Object.values(costParts))));
  expect(cost(addDays(ANCHOR, -1))).toBeGreaterThan(4 * cost(addDays(ANCHOR, -8)));
  expect(new Set(night(addDays(ANCHOR, -1)).map(({ row }) => row.apiKeyId))).toEqual(
    new Set(['apikey_northwind_triage_agent']),
  );
});
