import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addMoney,
  compareMoney,
  money,
  multiplyMoney,
  roundMoney,
  subtractMoney,
  sumDecimals,
  toDecimalString,
} from './money.ts';
import { percentChange } from './percentChange.ts';

const SCALE = 10n ** 18n;
/** Amounts as the contracts allow them, as whole numbers of 10^-18. */
const units = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
const toText = (value: bigint): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(19, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`;
};
const toUnits = (text: string): bigint => {
  const [whole = '0', part = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole) * SCALE + BigInt(part.padEnd(18, '0'));
  return text.startsWith('-') ? -value : value;
};
const usd = (value: bigint) => money(toText(value), 'USD');

describe('reading a decimal', () => {
  test.each([
    ['0.10', '0.1'],
    ['1.5E-3', '0.0015'],
    ['1E3', '1000'],
    ['+5', '5'],
    ['.5', '0.5'],
    ['5.', '5'],
    [' 7 ', '7'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['1e-30', `0.${'0'.repeat(29)}1`],
    [
      '123456789012345678901234567890.123456789012345678901234567890',
      '123456789012345678901234567890.12345678901234567890123456789',
    ],
  ])('%s is %s', (text, plain) => expect(toDecimalString(text)).toBe(plain));

  test.each([
    '',
    ' ',
    '.',
    '-',
    'NaN',
    'Infinity',
    '0x10',
    '1,5',
    '1 000',
    '1e',
    '1e9999',
    '--1',
    '$5',
    '1_000',
  ])('%j is none, and the error does not repeat it', (text) => {
    expect(() => toDecimalString(text)).toThrow('An amount is not a decimal number.');
  });

  test('never gives an exponent and loses no digit', () => {
    fc.assert(
      fc.property(units, (value) => {
        const text = toDecimalString(toText(value));
        expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
        expect(toUnits(text)).toBe(value);
      }),
    );
  });
});

describe('arithmetic is exact', () => {
  test('adding and subtracting', () => {
    fc.assert(
      fc.property(units, units, (a, b) => {
        expect(toUnits(addMoney(usd(a), usd(b)).amount)).toBe(a + b);
        expect(toUnits(subtractMoney(usd(a), usd(b)).amount)).toBe(a - b);
        expect(subtractMoney(addMoney(usd(a), usd(b)), usd(b))).toEqual(usd(a));
      }),
    );
  });

  test('a sum does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(units, { maxLength: 20 }), (values) => {
        const expected = values.reduce((sum, value) => sum + value, 0n);
        expect(toUnits(sumDecimals(values.map(toText)))).toBe(expected);
        expect(sumDecimals([...values].reverse().map(toText))).toBe(
          sumDecimals(values.map(toText)),
        );
      }),
    );
  });

  test('a thousand times a tenth is a hundred', () => {
    expect(sumDecimals(Array.from({ length: 1000 }, () => '0.1'))).toBe('100');
    expect(sumDecimals([])).toBe('0');
  });

  test('multiplying by hours', () => {
    expect(multiplyMoney(money('0.192', 'USD'), '730')).toEqual(money('140.16', 'USD'));
    expect(multiplyMoney(money('0.1', 'USD'), '1e-3').amount).toBe('0.0001');
  });

  test('comparing', () => {
    fc.assert(
      fc.property(units, units, (a, b) => {
        expect(Math.sign(compareMoney(usd(a), usd(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });
});

test.each([addMoney, subtractMoney, compareMoney])('$name refuses two currencies', (work) => {
  expect(() => work(money('1', 'USD'), money('1', 'EUR'))).toThrow(
    expect.objectContaining({ code: 'currency_mismatch' }) as Error,
  );
});

test.each([
  ['0.125', 2, '0.12'],
  ['0.135', 2, '0.14'],
  ['-0.125', 2, '-0.12'],
  ['1', 2, '1.00'],
  ['0.004', 2, '0.00'],
])('%s rounded to %d places, half to even, is %s', (amount, places, rounded) => {
  expect(roundMoney(money(amount, 'USD'), places).amount).toBe(rounded);
});

test.each([
  ['100', '150', 50],
  ['100', '0', -100],
  ['3', '4', 33.33],
  ['-10', '-5', 50],
  ['0', '5', null],
  ['0.00', '5', null],
  ['0.000000000000000001', '1', 1e20],
])('from %s to %s is a change of %d percent', (before, after, percent) => {
  if (percent === null) expect(percentChange(before, after)).toBeNull();
  else expect(percentChange(before, after)).toBeCloseTo(percent, percent > 1e6 ? -10 : 6);
});
