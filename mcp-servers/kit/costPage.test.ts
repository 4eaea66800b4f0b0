import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CostRow, CostSum } from '../../core/mcp/costRow.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { toCostAnswer, toCostPage, type CostPage } from './costPage.ts';
import { createCursorSeal } from './cursor.ts';

const METRICS = ['EffectiveCost', 'BilledCost'] as const;
const seal = createCursorSeal(() => new Date());

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.integer({ min: 0, max: 14 }))
  .map(([digits, places]) => {
    const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0');
    const cut = text.length - places;
    return `${digits < 0n ? '-' : ''}${text.slice(0, cut)}${places === 0 ? '' : `.${text.slice(cut)}`}`;
  });

const row: fc.Arbitrary<CostRow> = fc.record({
  ChargePeriodStart: fc.constantFrom('2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z'),
  ChargePeriodEnd: fc.constant('2026-10-03T00:00:00Z'),
  ProviderName: fc.constant('AWS'),
  BillingCurrency: fc.constantFrom('USD', 'EUR'),
  ServiceName: fc.string({ maxLength: 5 }),
  BilledCost: decimal,
  EffectiveCost: decimal,
});

const answers = fc.record({
  rows: fc.uniqueArray(row, {
    maxLength: 40,
    selector: (r) => [r.ChargePeriodStart, r.BillingCurrency, r.ServiceName].join('\n'),
  }),
  orderBy: fc.constantFrom('time' as const, 'cost' as const),
  limit: fc.integer({ min: 1, max: 15 }),
});

function* pages(rows: CostRow[], orderBy: 'time' | 'cost', limit: number): Generator<CostPage> {
  let cursor: string | undefined;
  do {
    // Each page makes the answer anew, as another replica would, from rows in another order.
    const answer = toCostAnswer([...rows].reverse(), METRICS, orderBy);
    const page = toCostPage(
      answer,
      METRICS,
      seal.page('tool', { limit, cursor, ...{ orderBy } }, 'tenant'),
    );
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** Sums by currency; rows and sums alike. */
const sums = (parts: readonly (CostRow | CostSum)[], metric: 'BilledCost' | 'EffectiveCost') =>
  Object.fromEntries(
    ['EUR', 'USD'].map((currency) => [
      currency,
      sumDecimals(parts.filter((p) => p.BillingCurrency === currency).map((p) => p[metric] ?? '0')),
    ]),
  );

test('rows and remainder of every page come to the total, to the last digit', () => {
  fc.assert(
    fc.property(answers, ({ rows, orderBy, limit }) => {
      for (const page of pages(rows, orderBy, limit)) {
        for (const metric of METRICS) {
          expect(sums([...page.rows, ...page.Remainder], metric)).toEqual(sums(rows, metric));
          expect(sums(page.Total, metric)).toEqual(sums(rows, metric));
        }
        const counted = page.Remainder.reduce((sum, { count }) => sum + count, page.rows.length);
        expect(counted).toBe(rows.length);
      }
    }),
  );
});

test('pages one after the other are the unpaged answer', () => {
  fc.assert(
    fc.property(answers, ({ rows, orderBy, limit }) => {
      const paged = [...pages(rows, orderBy, limit)].flatMap((page) => page.rows);
      expect(paged).toEqual(toCostAnswer(rows, METRICS, orderBy).rows);
      expect(paged).toHaveLength(rows.length);
    }),
  );
});

test('order by cost puts the largest amount of the first metric first, exactly', () => {
  const of = (EffectiveCost: string): CostRow => ({
    ChargePeriodStart: '2026-10-01T00:00:00Z',
    ChargePeriodEnd: '2026-10-02T00:00:00Z',
    ProviderName: 'AWS',
    BillingCurrency: 'USD',
    BilledCost: '1',
    EffectiveCost,
  });
  // As binary numbers the first two are equal.
  const amounts = ['0.1000000000000000001', '0.1000000000000000002', '-3', '12'];
  const { rows } = toCostAnswer(amounts.map(of), METRICS, 'cost');
  expect(rows.map((r) => r.EffectiveCost)).toEqual([
    '12',
    '0.1000000000000000002',
    '0.1000000000000000001',
    '-3',
  ]);
});

test('rows that differ in a provider’s own column only come in one order', () => {
  const rows = ['b', 'a', 'c'].map((x_Model) => ({
    ChargePeriodStart: '2026-10-01T00:00:00Z',
    ChargePeriodEnd: '2026-10-02T00:00:00Z',
    ProviderName: 'OpenAI',
    BillingCurrency: 'USD',
    x_Model,
    BilledCost: '1',
    EffectiveCost: '1',
  }));
  const answer = toCostAnswer(rows, METRICS, 'time');
  expect(answer.rows.map((each) => each['x_Model'])).toEqual(['a', 'b', 'c']);
  expect(toCostAnswer([...rows].reverse(), METRICS, 'time').version).toBe(answer.version);
});
