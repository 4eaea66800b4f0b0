import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import type { ExportTable } from './exportTable.ts';
import { toCostQuery } from './toCostQuery.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const TABLE: ExportTable = {
  projectId: 'example.com:billing',
  datasetId: 'export',
  tableId: 'gcp_billing_export_resource_v1_01A2B3',
  location: 'EU',
  hasResources: true,
  hasListCost: true,
  byLoadDay: true,
};

const question = (change: Partial<CostQuestion> = {}): CostQuestion => ({
  period: { start: '2026-11-01', end: '2026-11-03' },
  granularity: 'DAY',
  metrics: ['BilledCost'],
  groupBy: [],
  filter: undefined,
  ...change,
});
const sqlOf = (change?: Partial<CostQuestion>) => toCostQuery(question(change), TABLE, NOW).sql;

describe('the query', () => {
  test('is this, by day and service', () => {
    expect(toCostQuery(question({ groupBy: ['ServiceName'] }), TABLE, NOW)).toMatchObject({
      sql: [
        "SELECT FORMAT_TIMESTAMP('%Y-%m-%dT%H:00:00Z', TIMESTAMP_TRUNC(usage_start_time, DAY)) AS span, currency AS currency_code, service.description AS v_service, CAST(SUM(CAST(cost AS NUMERIC) + IFNULL((SELECT SUM(CAST(credit.amount AS NUMERIC)) FROM UNNEST(credits) AS credit), 0)) AS STRING) AS billed, COUNT(*) - COUNT(cost) AS missing",
        'FROM `example.com:billing.export.gcp_billing_export_resource_v1_01A2B3`',
        'WHERE usage_start_time >= @from AND usage_start_time < @to AND _PARTITIONTIME >= TIMESTAMP_SUB(@from, INTERVAL 1 DAY)',
        'GROUP BY 1, 2, 3',
      ].join('\n'),
      parameters: [],
      period: { start: '2026-11-01', end: '2026-11-03' },
    });
  });

  test('of a total has no spans', () => {
    expect(sqlOf({ granularity: 'TOTAL' })).toMatch(/^SELECT currency AS .*GROUP BY 1$/s);
  });

  test('groups by the unit of quantities', () => {
    expect(sqlOf({ groupBy: ['SkuId'], metrics: ['ConsumedQuantity'] })).toContain(
      'usage.unit AS v_unit',
    );
  });

  test.each([
    [{ groupBy: ['ChargeCategory'] }],
    [{ filter: { not: { dimension: 'ChargeCategory', in: ['Tax'] } } }],
  ])('counts credits as charges of their own only for charge categories', (change) => {
    expect(sqlOf()).not.toContain('is_credit');
    expect(sqlOf(change)).toContain('CROSS JOIN UNNEST([FALSE, TRUE]) AS is_credit');
  });

  test('shares a parameter between equal values', () => {
    const filter = { dimension: 'Tags:team', in: ['a'] };
    const { parameters } = toCostQuery(question({ groupBy: ['Tags:team'], filter }), TABLE, NOW);
    expect(parameters).toEqual([
      { name: 'p0', value: 'team' },
      { name: 'p1', value: ['a'] },
    ]);
  });

  test('never holds a value or a label’s key in its text', () => {
    const text = fc.string({ minLength: 1 }).map((value) => `§${value}`);
    fc.assert(
      fc.property(text, text, (key, value) => {
        const filter = { or: [{ dimension: `Tags:${key}`, notIn: [value] }] };
        const query = toCostQuery(question({ groupBy: [`Tags:${key}`], filter }), TABLE, NOW);
        expect(query.sql).not.toContain('§');
        expect(query.parameters.map((parameter) => parameter.value)).toEqual([key, [value]]);
      }),
    );
  });
});
