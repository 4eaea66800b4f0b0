import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from './canonicalJson.ts';

test('the order of keys does not count, that of lists does', () => {
  expect(canonicalJson({ b: 1, a: { d: [2, 1], c: null } })).toBe(
    '{"a":{"c":null,"d":[2,1]},"b":1}',
  );
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});

test('keys are sorted by their UTF-16 code units, as RFC 8785 says', () => {
  const keys = {
    '\u20ac': 1,
    '\r': 2,
    '\ufb33': 3,
    '1': 4,
    '\ud83d\ude00': 5,
    '\u0080': 6,
    '\u00f6': 7,
  };
  const sorted = [...canonicalJson(keys).matchAll(/:(\d)/g)].map((match) => match[1]);
  expect(sorted.join('')).toBe('2467153');
});

test('what is undefined is left out, as in JSON', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test('a value of JSON and what JSON makes of it are the same text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

describe('refuses what JSON has no form for', () => {
  test.each([[undefined], [() => 1], [Symbol('x')], [10n], [[undefined]]])('%s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
