import { expect, test } from 'vitest';
import { columnsOf } from '../../tests/api/focusFile.ts';
import { FOCUS_COLUMNS } from './focusColumns.ts';
import { readHeader } from './readHeader.ts';

test.each([
  ['1.0', 43],
  ['1.1', 50],
  ['1.2', 57],
] as const)('FOCUS %s is known by its %d columns, in any order', (version, count) => {
  const names = columnsOf(version);
  expect(names).toHaveLength(count);
  expect(readHeader([...names].reverse())).toMatchObject({ version, lacking: [], unknown: [] });
});

test('says what is passed over and what is lacking; custom columns are silent', () => {
  const names = [...columnsOf('1.0').filter((name) => name !== 'SkuId'), 'x_Mine', 'Colour'];
  expect(readHeader(names)).toMatchObject({ unknown: ['Colour'], lacking: ['SkuId'] });
});

test('a file without billing periods is one', () => {
  const names = columnsOf('1.0').filter((name) => !name.startsWith('BillingPeriod'));
  expect(readHeader(names).hasBillingPeriods).toBe(false);
});

test.each([
  ['no FOCUS at all', ['a;b;c'], 'lacks BilledCost, BillingAccountId'],
  ['a column twice', [...columnsOf('1.2'), 'BilledCost'], 'has the column BilledCost twice'],
  [
    'no amounts',
    columnsOf('1.2').filter((name) => name !== 'BilledCost'),
    'The file lacks BilledCost,',
  ],
  [
    'half a billing period',
    columnsOf('1.2').filter((name) => name !== 'BillingPeriodEnd'),
    'has BillingPeriodStart but not the other end',
  ],
  [
    'a later version',
    [...columnsOf('1.2').filter((name) => name !== 'ProviderName'), 'ServiceProviderName'],
    'is FOCUS 1.3 or later',
  ],
])('%s is refused', (_name, names, message) => {
  expect(() => readHeader(names)).toThrow(message);
});

test('a column of the database is named as in FOCUS', () => {
  const columns = Object.fromEntries(FOCUS_COLUMNS.map(({ name, column }) => [name, column]));
  expect(columns).toMatchObject({
    BilledCost: 'billed_cost',
    PricingCurrencyContractedUnitPrice: 'pricing_currency_contracted_unit_price',
  });
});
