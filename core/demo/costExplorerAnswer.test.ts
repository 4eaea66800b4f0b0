import { expect, test } from 'vitest';
import { sumDecimals } from '../money/money.ts';
import { answerCostAndUsage, type ResultByTime } from './costExplorerAnswer.ts';
import { cutPage } from './costExplorerPage.ts';
import { CostAndUsageRequest } from './costExplorerRequest.ts';
import { demoCosts } from './demoCosts.ts';

const TODAY = '2026-11-23';
const ACCOUNT = { id: '123456789012', name: 'Northwind Production' };
const BASE = {
  TimePeriod: { Start: '2026-10-20', End: '2026-11-26' },
  Granularity: 'DAILY',
  Metrics: ['UnblendedCost', 'UsageQuantity'],
};
const by = (...keys: string[]) => ({ GroupBy: keys.map((Key) => ({ Type: 'DIMENSION', Key })) });

function ask(request: unknown): ResultByTime[] {
  const parsed = CostAndUsageRequest.parse(request);
  const { Start: from, End: to } = parsed.TimePeriod;
  const rows = demoCosts('aws', { from, to }, { anchorDay: TODAY, today: TODAY, changes: [] });
  return answerCostAndUsage(parsed, rows, TODAY);
}

const sum = (results: ResultByTime[]): string =>
  sumDecimals(
    results.flatMap((r) =>
      [r.Total, ...r.Groups.map((g) => g.Metrics)].map((m) => m.UnblendedCost?.Amount ?? '0'),
    ),
  );

const WHOLE = sum(ask(BASE));

test.each([
  [by('SERVICE')],
  [by('USAGE_TYPE')],
  [by('SERVICE', 'USAGE_TYPE')],
  [by('REGION', 'LINKED_ACCOUNT')],
  [by('RECORD_TYPE', 'PURCHASE_TYPE')],
  [{ Granularity: 'MONTHLY' }],
  [{ Granularity: 'MONTHLY', ...by('SERVICE', 'REGION') }],
])('grouped by %j it is the same sum', (change) => {
  expect(sum(ask({ ...BASE, ...change }))).toBe(WHOLE);
});

test('a filter and its opposite make the whole', () => {
  const filter = {
    And: [
      { Dimensions: { Key: 'REGION', Values: ['us-east-1'] } },
      { Not: { Dimensions: { Key: 'SERVICE', Values: ['AWS Lambda'] } } },
    ],
  };
  const parts = [filter, { Not: filter }].map((Filter) => sum(ask({ ...BASE, Filter })));
  expect(sumDecimals(parts)).toBe(WHOLE);
  expect(Number(parts[0])).toBeGreaterThan(0);
});

test('months are cut to the period, days are whole, the newest are estimated', () => {
  expect(ask({ ...BASE, Granularity: 'MONTHLY' }).map((r) => r.TimePeriod)).toEqual([
    { Start: '2026-10-20', End: '2026-11-01' },
    { Start: '2026-11-01', End: '2026-11-26' },
  ]);
  const days = ask({ ...BASE, ...by('SERVICE') });
  expect(days).toHaveLength(37);
  expect(days.filter((d) => d.Estimated).map((d) => d.TimePeriod.Start)).toEqual([
    '2026-11-20',
    '2026-11-21',
    '2026-11-22',
    '2026-11-23',
    '2026-11-24',
    '2026-11-25',
  ]);
  expect(days.slice(-3).map((d) => d.Groups)).toEqual([[], [], []]);
});

test('usage of one unit has it, of several it has none', () => {
  const units = ask({ ...BASE, ...by('SERVICE') })[0]?.Groups.map((g) => [
    g.Keys[0],
    g.Metrics.UsageQuantity?.Unit,
  ]);
  expect(units).toContainEqual(['Amazon Elastic Compute Cloud - Compute', 'Hrs']);
  expect(units).toContainEqual(['EC2 - Other', 'N/A']);
});

test('the pages hold every group exactly once', () => {
  const request = CostAndUsageRequest.parse({ ...BASE, ...by('SERVICE', 'USAGE_TYPE') });
  const results = ask(request);
  const pages = [];
  let token: string | undefined;
  do {
    const page = cutPage(
      { ...request, ...(token ? { NextPageToken: token } : {}) },
      results,
      ACCOUNT,
    );
    pages.push(page?.ResultsByTime ?? []);
    token = page?.NextPageToken;
  } while (token !== undefined && pages.length < 10);
  expect(pages.length).toBe(3);
  expect(sum(pages.flat())).toBe(WHOLE);
  expect(pages.flat().flatMap((r) => r.Groups)).toEqual(results.flatMap((r) => r.Groups));
  expect(new Set(pages.flat().map((r) => r.TimePeriod.Start)).size).toBe(37);
});

test('a token of another request is refused', () => {
  const request = CostAndUsageRequest.parse({ ...BASE, ...by('SERVICE', 'USAGE_TYPE') });
  const NextPageToken = cutPage(request, ask(request), ACCOUNT)?.NextPageToken ?? '';
  const other = { ...request, Granularity: 'MONTHLY' as const, NextPageToken };
  expect(cutPage(other, ask(request), ACCOUNT)).toBeUndefined();
  expect(cutPage({ ...request, NextPageToken: 'rubbish' }, [], ACCOUNT)).toBeUndefined();
});

test.each([
  ['three groups', by('SERVICE', 'REGION', 'USAGE_TYPE')],
  ['a tag', { GroupBy: [{ Type: 'TAG', Key: 'team' }] }],
  ['a tag filter', { Filter: { Tags: { Key: 'team', Values: ['web'] } } }],
  ['two roots', { Filter: { And: [], Dimensions: { Key: 'SERVICE', Values: ['x'] } } }],
  ['hours', { Granularity: 'HOURLY' }],
  ['no metric', { Metrics: [] }],
  ['an empty period', { TimePeriod: { Start: '2026-11-02', End: '2026-11-02' } }],
])('refuses %s', (_, change) => {
  expect(CostAndUsageRequest.safeParse({ ...BASE, ...change }).success).toBe(false);
});
