import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CostRow } from '../../core/mcp/costRow.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { compareRows, toComparison } from './comparison.ts';

const amount = fc
  .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 999_999_999 }))
  .map(([whole, part]) => `${whole}.${String(part).padStart(9, '0')}`);

const side = fc.uniqueArray(
  fc.record({
    ServiceName: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    BillingCurrency: fc.constantFrom('USD', 'EUR'),
    BilledCost: amount,
  }),
  { selector: (row) => row.ServiceName + row.BillingCurrency },
);

const toRow = (row: {
  ServiceName: string;
  BillingCurrency: string;
  BilledCost: string;
}): CostRow => ({
  ChargePeriodStart: '2026-10-01T00:00:00Z',
  ChargePeriodEnd: '2026-10-02T00:00:00Z',
  ProviderName: 'AWS',
  ...row,
});

test('shown groups and the remainder come to the total, and the total to the two periods', () => {
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 8 }), (before, after, topN) => {
      const groups = compareRows(before.map(toRow), after.map(toRow), 'BilledCost');
      const { rows, Remainder, Total } = toComparison(groups, topN);
      for (const currency of ['USD', 'EUR']) {
        const of = (
          parts: readonly { BillingCurrency: string; A: string; B: string; Delta: string }[],
        ) => {
          const own = parts.filter((part) => part.BillingCurrency === currency);
          return (['A', 'B', 'Delta'] as const).map((key) => sumDecimals(own.map((p) => p[key])));
        };
        const costs = (rows_: typeof before) =>
          sumDecimals(rows_.filter((r) => r.BillingCurrency === currency).map((r) => r.BilledCost));
        expect(of([...rows, ...Remainder])).toEqual(of(Total));
        const [a = '0', b = '0', delta = '0'] = of(Total);
        expect([a, b]).toEqual([costs(before), costs(after)]);
        expect(sumDecimals([a, delta])).toBe(b);
      }
      expect(rows.length).toBeLessThanOrEqual(topN);
    }),
  );
});

test('the largest change comes first, whichever way it goes', () => {
  const row = (ServiceName: string, BilledCost: string) =>
    toRow({ ServiceName, BilledCost, BillingCurrency: 'USD' });
  const { rows } = toComparison(
    compareRows(
      [row('falls', '50'), row('rises', '10'), row('stays', '1000')],
      [row('falls', '20'), row('rises', '39.99'), row('stays', '1000')],
      'BilledCost',
    ),
    10,
  );
  expect(rows.map((r) => [r['ServiceName'], r.Delta, r.ShareOfDelta])).toEqual([
    ['falls', '-30', 300_000],
    ['rises', '29.99', -299_900],
    ['stays', '0', 0],
  ]);
});
