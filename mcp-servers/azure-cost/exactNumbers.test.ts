import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteNumbers } from './exactNumbers.ts';

test('numbers become text digit for digit, and nothing else changes', () => {
  const json = String.raw`{"a":[0.1,-12.50e-7,20260101,null,true],"b 1":"2, 3","c\"4":"\\","d":9007199254740993.000000001}`;
  expect(JSON.parse(quoteNumbers(json))).toEqual({
    a: ['0.1', '-12.50e-7', '20260101', null, true],
    'b 1': '2, 3',
    'c"4': '\\',
    d: '9007199254740993.000000001',
  });
});

test('any JSON keeps its shape and strings, its numbers the text that JSON has for them', () => {
  const asText = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
      typeof part === 'number' ? JSON.stringify(part) : part,
    );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(quoteNumbers(JSON.stringify(value)))).toEqual(asText(value));
    }),
  );
});

test('what is no JSON stays none', () => {
  for (const text of ['{"a":', '<html>1</html>', '{"a":1x}']) {
    expect(() => JSON.parse(quoteNumbers(text)) as unknown).toThrow();
  }
});
