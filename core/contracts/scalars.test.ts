import { describe, expect, test } from 'vitest';
import {
  Currency,
  Day,
  DecimalText,
  Id,
  Instant,
  PositiveDecimalText,
  ProviderText,
  ShortText,
} from './scalars.ts';

const accepts = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('Id', () => {
  test('is a UUID in lower case, however it was written', () => {
    const id = '0199F3A2-5C1E-7D0A-9C57-0D5A3F6F2C11';
    expect(Id.parse(id)).toBe(id.toLowerCase());
  });
  test.each([
    '',
    '1',
    '0199f3a25c1e7d0a9c570d5a3f6f2c11',
    "0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c1'",
    null,
    7,
  ])('refuses %j', (value) => expect(accepts(Id, value)).toBe(false));
});

describe('Day', () => {
  test.each(['2026-11-20', '2024-02-29', '1970-01-01', '9999-12-31'])('accepts %s', (day) =>
    expect(accepts(Day, day)).toBe(true),
  );
  // Postgres has no year 0, and nothing was billed before 1970.
  test.each([
    '2026-02-29',
    '2026-13-01',
    '2026-11-31',
    '0000-01-01',
    '0001-01-01',
    '1969-12-31',
    '2026-11-20T00:00:00Z',
    '+12026-01-01',
    ' 2026-11-20',
  ])('refuses %s', (day) => expect(accepts(Day, day)).toBe(false));
});

describe('PositiveDecimalText', () => {
  test('takes the fractions above 0 that DecimalText takes, and no others', () => {
    for (let digits = 1; digits <= 36; digits += 1)
      for (let place = 0; place <= digits; place += 1) {
        const zeros = Array.from({ length: digits }, () => '0');
        const value = `0.${zeros.with(Math.min(place, digits - 1), place < digits ? '5' : '0').join('')}`;
        const isRight = place < digits && accepts(DecimalText, value);
        expect(accepts(PositiveDecimalText, value), value).toBe(isRight);
      }
  });
  test.each(['1', '10', '12.50', '1.000', `${'9'.repeat(20)}.${'9'.repeat(18)}`])(
    'accepts %s',
    (value) => expect(accepts(PositiveDecimalText, value)).toBe(true),
  );
  test.each([
    '0',
    '0.0',
    '-1',
    '01',
    '1.',
    '.5',
    '1e3',
    '9032.00281894184250449177298129',
    '9'.repeat(21),
  ])('refuses %s', (value) => expect(accepts(PositiveDecimalText, value)).toBe(false));
});

describe('DecimalText', () => {
  test.each(['0', '-0.10', '1234.56', '0.123456789012345678', '9'.repeat(20)])(
    'accepts %s',
    (text) => expect(accepts(DecimalText, text)).toBe(true),
  );
  test.each([
    '',
    '.5',
    '1.',
    '1e3',
    '+1',
    '1,000.00',
    'NaN',
    'Infinity',
    ' 1',
    '1\n',
    '9'.repeat(21),
    `0.${'1'.repeat(19)}`,
    1,
  ])('refuses %j', (text) => expect(accepts(DecimalText, text)).toBe(false));
});

describe('Currency', () => {
  test.each(['usd', 'US', 'USDT', 'USD\n', ''])('refuses %j', (text) =>
    expect(accepts(Currency, text)).toBe(false),
  );
});

describe('Instant', () => {
  test.each(['2026-11-20T07:00:00.000Z', '2026-11-20T07:00:00Z'])('accepts %s', (text) =>
    expect(accepts(Instant, text)).toBe(true),
  );
  test.each([
    '2026-11-20T07:00:00',
    '2026-11-20T07:00:00+01:00',
    '2026-11-20',
    '2026-02-30T07:00:00Z',
  ])('refuses %s: an instant is UTC', (text) => expect(accepts(Instant, text)).toBe(false));
});

// What Postgres cannot store as it is would be stored as something else, or break the audit log's hashes.
describe.each([
  ['ShortText', ShortText],
  ['ProviderText', ProviderText],
])('%s', (_name, schema) => {
  test.each(['EC2 – Übersicht', '東京', '🚀 launch', "O'Brien; drop table users", '100%', 'a\\b'])(
    'accepts %s',
    (text) => expect(schema.parse(text)).toBe(text),
  );
  test.each([
    '',
    'a\u0000b',
    'a\nb',
    'a\tb',
    '\u001b[31m',
    '\u0085',
    '\ud83d',
    'a\udc00b',
    'x'.repeat(513),
  ])('refuses %j', (text) => expect(accepts(schema, text)).toBe(false));
});
