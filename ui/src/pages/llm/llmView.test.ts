import { describe, expect, it } from 'vitest';
import { periodOf, readLlmView, timesOf } from './llmView';

const view = (query: string) => readLlmView(new URLSearchParams(query));
const NOW = Date.parse('2026-11-20T14:25:31Z');

it('shows 30 days by model where the address says nothing, or nothing that there is', () => {
  const usual = { span: '30d', groupBy: 'model', provider: null };
  expect(view('')).toEqual(usual);
  expect(view('span=1y&group_by=constructor&provider=aws')).toEqual(usual);
});

it('reads a shared view', () => {
  expect(view('span=24h&group_by=user_tag&provider=anthropic')).toEqual({
    span: '24h',
    groupBy: 'user_tag',
    provider: 'anthropic',
  });
});

describe('a period', () => {
  it.each([
    ['1h', '2026-11-20T13:26:00.000Z', '2026-11-20T14:26:00.000Z', 'minute', 60],
    ['24h', '2026-11-19T15:00:00.000Z', '2026-11-20T15:00:00.000Z', 'hour', 24],
    ['7d', '2026-11-14', '2026-11-21', 'day', 7],
    ['90d', '2026-08-23', '2026-11-21', 'day', 90],
  ] as const)('of %s ends with what is going on', (span, from, to, granularity, points) => {
    const period = periodOf(span, NOW);
    expect(period).toEqual({ from, to, granularity });
    const times = timesOf(period);
    expect(times).toHaveLength(points);
    expect(times[0]).toBe(from);
  });
});
