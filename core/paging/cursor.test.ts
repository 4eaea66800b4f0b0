import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { PageQuery } from '../contracts/page.ts';
import { ShortText } from '../contracts/scalars.ts';
import { decodeCursor, decodeTimeCursor, encodeCursor } from './cursor.ts';

const badCursor: unknown = expect.objectContaining({
  code: 'invalid_request',
  errors: [{ pointer: 'cursor', detail: 'is not a cursor of this list' }],
});
const thrown = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error;
  }
};

describe('a cursor by name', () => {
  const names = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
    .filter((text) => ShortText.max(100).safeParse(text).success);

  test('comes back as it was made, for every name that can be stored', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(decodeCursor(encodeCursor([name]), 1)).toEqual([name]);
      }),
    );
  });

  test.each(['x'.repeat(100), '東'.repeat(100), '🚀'.repeat(50), '"'.repeat(100), '%'.repeat(100)])(
    'of the longest name is one that the list takes: %s',
    (name) => expect(PageQuery.cursor.safeParse(encodeCursor([name])).success).toBe(true),
  );

  test.each([
    '',
    'x',
    '%',
    '%5B%5D',
    '[1]',
    '["a","b"]',
    '{"0":"a"}',
    'null',
    '%E0%A4%A',
    '["a\\u0000"]',
    '["\\ud800"]',
  ])('of %j is refused', (cursor) =>
    expect(thrown(() => decodeCursor(cursor, 1))).toEqual(badCursor),
  );
});

describe('a cursor by time and id', () => {
  const id = '0199f3a2-5c1e-7d0a-9c57-0d5a3f6f2c11';

  test('comes back as it was made', () => {
    const cursor = encodeCursor(['2026-11-20T07:00:00.123Z', id]);
    expect(decodeTimeCursor(cursor)).toEqual({ at: '2026-11-20T07:00:00.123Z', id });
  });

  test.each([
    [['2026-11-20T07:00:00.123Z']],
    [['2026-11-20T07:00:00.123Z', id, 'x']],
    [['yesterday', id]],
    [['2026-11-20', id]],
    [['2026-99-20T07:00:00Z', id]],
    [['2026-11-20T07:00:00.123Z', '1']],
    [['2026-11-20T07:00:00.123Z', '-'.repeat(36)]],
    [['2026-11-20T07:00:00.123Z', `${id.slice(0, -1)}g`]],
    [['0000-01-01T00:00:00Z', id]],
  ])('of %j is refused', (parts) => {
    expect(thrown(() => decodeTimeCursor(encodeCursor(parts)))).toEqual(badCursor);
  });
});
