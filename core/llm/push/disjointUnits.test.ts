import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { disjointUnits, disjointUnitsOfAny } from './disjointUnits.ts';

const amount = fc.integer({ min: 0, max: 1e9 });

describe('inclusive numbers', () => {
  test('parts are taken out of what contains them, and none is lost', () => {
    fc.assert(
      fc.property(amount, amount, amount, amount, amount, (fresh, read, written, said, thought) => {
        const units = disjointUnits({
          inputTokens: fresh + read + written,
          cachedInputTokens: read,
          cacheWrite1hTokens: written,
          outputTokens: said + thought,
          reasoningTokens: thought,
        });
        const of = (meter: keyof NonNullable<typeof units>) => Number(units?.[meter] ?? 0);
        expect([of('input'), of('cache_read'), of('cache_write_1h')]).toEqual([
          fresh,
          read,
          written,
        ]);
        expect([of('output'), of('reasoning')]).toEqual([said, thought]);
      }),
    );
  });

  test.each([
    [{ inputTokens: 5, cachedInputTokens: 6 }],
    [{ outputTokens: 5, reasoningTokens: 4, audioOutputTokens: 2 }],
    [{ reasoningTokens: 1 }],
  ])('parts that are more than the whole are a contradiction: %j', (tokens) => {
    expect(disjointUnits(tokens)).toBeUndefined();
  });

  test('unless the sender may have left them out: then they stand beside it', () => {
    expect(disjointUnitsOfAny({ inputTokens: 5, cachedInputTokens: 6, outputTokens: 2 })).toEqual({
      input: '5',
      cache_read: '6',
      output: '2',
    });
  });
});
