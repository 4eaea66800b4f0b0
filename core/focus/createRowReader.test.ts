import { describe, expect, test } from 'vitest';
import { columnsOf, focusRow, type FocusRow } from '../../tests/api/focusFile.ts';
import { createRowReader } from './createRowReader.ts';
import { cellOf } from './storedCells.ts';

const COLUMNS = columnsOf('1.2');
const read = (given: FocusRow) => {
  const row = focusRow(given);
  return createRowReader(COLUMNS)(
    COLUMNS.map((name) => row[name] ?? ''),
    false,
  );
};
const stored = (given: FocusRow, name: string) => {
  const result = read(given);
  return 'cells' in result ? result.cells[cellOf(name)] : result;
};

test.each([
  ['BilledCost', '-1.50', '-1.50'],
  ['BilledCost', '1.2E-7', '0.00000012'],
  ['BilledCost', '+3', '3'],
  ['BilledCost', '4.0000000000000003E-05', '0.000040000000000000003'],
  ['ListUnitPrice', '1.500', '1.5'],
  ['ChargePeriodStart', '2026-11-03 00:00:00', '2026-11-03T00:00:00Z'],
  ['Tags', '{"b":1,"a":{"d":true,"c":null}}', '{"a":{"c":null,"d":true},"b":1}'],
  ['Tags', '', '{}'],
  ['RegionId', 'NULL', null],
  ['RegionId', '', null],
  ['SkuPriceDetails', '', null],
  ['ChargeClass', 'Correction', 'Correction'],
  ['BillingAccountId', 'a\\b', 'a\\b'],
])('%s %j is stored as %j', (name, text, expected) => {
  expect(stored({ [name]: text }, name)).toBe(expected);
});

describe('a row is refused, by column,', () => {
  test.each([
    ['BilledCost', '', 'is missing'],
    ['BilledCost', 'NaN', 'is no decimal number'],
    ['BilledCost', 'Infinity', 'is no decimal number'],
    ['BilledCost', '1,5', 'is no decimal number'],
    ['BilledCost', '1e30', 'has more than 20 digits'],
    ['BilledCost', '1e-60', 'has more than 20 digits before the point or 38'],
    ['BillingCurrency', 'usd', 'is no currency code'],
    ['BillingCurrency', 'DOLLARS', 'is no currency code'],
    ['ChargeCategory', 'Usages', 'is none of Usage, Purchase, Tax, Credit, Adjustment'],
    ['ChargeClass', 'Other', 'is none of Correction'],
    ['PricingCategory', 'On-Demand', 'is none of Standard'],
    ['ServiceCategory', 'Things', 'is none of AI and'],
    ['ChargePeriodStart', 'yesterday', 'is no time'],
    ['Tags', '[1]', 'is no JSON object'],
    ['Tags', 'team=shop', 'is no JSON'],
    ['ServiceName', 'x'.repeat(513), 'is longer than 512'],
    ['ResourceName', 'x'.repeat(1_000_001), 'is longer than 1000000'],
    ['ResourceName', 'a\0b', 'has the character NUL'],
    ['ProviderName', '', 'is missing'],
  ])('for %s %.20j: %s', (name, text, why) => {
    expect(read({ [name]: text })).toEqual({
      refused: expect.stringMatching(new RegExp(`^${name} ${why}`)) as unknown,
    });
  });

  test.each([
    [{ ChargePeriodEnd: '2026-11-03T00:00:00Z' }, 'ChargePeriodEnd is not after'],
    [
      { ChargePeriodStart: '2026-10-31T23:00:00Z' },
      'ChargePeriodStart is outside the billing period',
    ],
    [{ BillingPeriodEnd: '' }, 'has one end of its billing period only'],
    [{ BillingPeriodEnd: '2026-10-01T00:00:00Z' }, 'BillingPeriodEnd is not after'],
    [{ BillingPeriodEnd: '2030-12-01T00:00:00Z' }, 'has a billing period of more than 366 days'],
  ] as [FocusRow, string][])('for its periods: %j', (given, why) => {
    expect(read(given)).toEqual({ refused: expect.stringContaining(why) as unknown });
  });

  test('for too few cells', () => {
    expect(createRowReader(COLUMNS)(['a', 'b'], true)).toEqual({
      refused: 'has 2 cells where the header has 57',
    });
  });
});

test('a purchase for a year belongs to the billing period it begins in', () => {
  expect(read({ ChargePeriodEnd: '2027-11-03T00:00:00Z' })).toHaveProperty('cells');
});

test('a good row does not cover for the next one’s billing period', () => {
  const reader = createRowReader(COLUMNS);
  const rows = [focusRow(), focusRow({ BillingPeriodStart: '2026-11-04T00:00:00Z' }), focusRow()];
  const results = rows.map(
    (row) =>
      'refused' in
      reader(
        COLUMNS.map((name) => row[name] ?? ''),
        true,
      ),
  );
  expect(results).toEqual([false, true, false]);
});
