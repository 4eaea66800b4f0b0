import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sumDecimals } from '../../core/money/money.ts';
import type { CostQuestion } from '../kit/costs/costSource.ts';
import type { LlmCell } from './llmProvider.ts';
import { openAi } from './openAi.ts';
import { toLlmRows } from './toLlmRows.ts';
import { toReportQuery } from './toReportQuery.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const PERIOD = { start: '2026-10-30', end: '2026-11-03' };
const DAYS = ['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02'];
const provider = openAi('key');

const maybe = (...names: string[]) => fc.constantFrom(null, ...names);
const decimal = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((n) => `${n}`);

const cell: fc.Arbitrary<LlmCell> = fc
  .record({
    day: fc.constantFrom(...DAYS),
    columns: fc.record({
      ServiceName: fc.constant('OpenAI API'),
      SubAccountId: maybe('p1', 'p2'),
      x_Model: maybe('m1', 'm2'),
      x_ApiKeyId: maybe('k1', 'k2'),
      x_TokenType: fc.constantFrom('input', 'output'),
    }),
    currency: fc.constantFrom('USD', 'EUR'),
    cost: decimal,
    amount: decimal,
    unit: maybe('tokens', 'requests'),
  })
  .map(({ day, amount, unit, ...rest }) => ({
    ...rest,
    start: `${day}T00:00:00Z`,
    end: `${day}T24:00:00Z`,
    quantity: { amount, unit },
  }));

const questions = fc.record({
  granularity: fc.constantFrom('DAY' as const, 'MONTH' as const, 'TOTAL' as const),
  groupBy: fc.subarray(['SubAccountId', 'x_Model', 'x_ApiKeyId', 'x_TokenType'], { maxLength: 2 }),
  metric: fc.constantFrom('BilledCost' as const, 'ConsumedQuantity' as const),
});

test('rows come to the cells exactly, in each currency and each unit, and each row is there once', () => {
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 40 }), questions, (cells, asked) => {
      const { metric } = asked;
      const { rows } = rowsOf(cells, { ...asked, metrics: [metric] });
      for (const currency of ['USD', 'EUR']) {
        for (const unit of [undefined, null, 'tokens', 'requests']) {
          if ((metric === 'BilledCost') !== (unit === undefined)) continue;
          const ours = rows.filter(
            (row) => row.BillingCurrency === currency && row.ConsumedUnit === unit,
          );
          const theirs = cells.filter(
            (each) =>
              each.currency === currency && (unit === undefined || each.quantity?.unit === unit),
          );
          expect(sumDecimals(ours.map((row) => row[metric] ?? '0'))).toBe(
            sumDecimals(
              theirs.map((each) =>
                metric === 'BilledCost' ? (each.cost ?? '0') : (each.quantity?.amount ?? '0'),
              ),
            ),
          );
        }
      }
      const keys = rows.map((row) =>
        JSON.stringify({ ...row, BilledCost: undefined, ConsumedQuantity: undefined }),
      );
      expect(new Set(keys).size).toBe(keys.length);
    }),
  );
});

test('months are cut at the period, and a total is the whole of it', () => {
  const cells = DAYS.map((day) => ({
    start: `${day}T00:00:00Z`,
    end: `${day}T24:00:00Z`,
    columns: {},
    currency: 'USD',
    cost: '1',
  }));
  const spans = (granularity: CostQuestion['granularity']) =>
    rowsOf(cells, { granularity, groupBy: [], metrics: ['BilledCost'] }).rows.map((row) => [
      row.ChargePeriodStart.slice(0, 10),
      row.ChargePeriodEnd.slice(0, 10),
      row.BilledCost,
    ]);
  expect(spans('MONTH')).toEqual([
    ['2026-10-30', '2026-11-01', '2'],
    ['2026-11-01', '2026-11-03', '2'],
  ]);
  expect(spans('TOTAL')).toEqual([['2026-10-30', '2026-11-03', '4']]);
});

function rowsOf(
  cells: readonly LlmCell[],
  asked: Pick<CostQuestion, 'granularity' | 'groupBy' | 'metrics'>,
) {
  const question = { ...asked, period: PERIOD, filter: undefined };
  return toLlmRows(cells, question, toReportQuery(question, provider, NOW), provider);
}
