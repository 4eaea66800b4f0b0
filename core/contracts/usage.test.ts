import { describe, expect, test } from 'vitest';
import { CostQuery, SummaryQuery } from './usage.ts';

const pointers = (schema: typeof CostQuery | typeof SummaryQuery, query: Record<string, unknown>) =>
  schema.safeParse(query).error?.issues.map((issue) => issue.path.join('.'));

test('costs are grouped by service and day, twelve groups apart, unless asked otherwise', () => {
  expect(CostQuery.parse({ from: '2026-11-01', to: '2026-12-01' })).toEqual({
    from: '2026-11-01',
    to: '2026-12-01',
    granularity: 'day',
    group_by: 'service',
    limit: 12,
    forecast: 'false',
  });
});

describe.each([
  ['CostQuery', CostQuery],
  ['SummaryQuery', SummaryQuery],
] as const)('%s', (_name, schema) => {
  test.each([
    [{ from: '2026-11-01', to: '2026-11-01' }, ['to']],
    [{ from: '2026-11-02', to: '2026-11-01' }, ['to']],
    [{ from: '2020-01-01', to: '2026-11-01' }, ['to']],
    [{ to: '2026-11-01' }, ['from']],
    [{ from: 'yesterday', to: '2026-11-01' }, ['from']],
    [{ from: '2026-11-01', to: '2026-11-02', provider: 'ibm' }, ['provider']],
    [{ from: '2026-11-01', to: '2026-11-02', currency: 'usd' }, ['currency']],
    [{ from: '2026-11-01', to: '2026-11-02', connectionId: '1' }, ['connectionId']],
    [{ from: '2026-11-01', to: '2026-11-02', service: '' }, ['service']],
  ])('%j is refused by name', (query, expected) => {
    expect(pointers(schema, query)).toEqual(expected);
  });

  test('800 days are allowed, 801 are not', () => {
    expect(pointers(schema, { from: '2024-01-01', to: '2026-03-11' })).toBeUndefined();
    expect(pointers(schema, { from: '2024-01-01', to: '2026-03-12' })).toEqual(['to']);
  });
});
