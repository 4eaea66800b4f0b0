import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { expect, test } from 'vitest';
import { splitOpenAiTokens } from './splitOpenAiTokens.ts';

const part = fc.bigInt({ min: 0n, max: 10n ** 18n });
const number = (value: bigint) => new LosslessNumber(String(value));

test('kinds of input come to all input tokens, kinds of output to all output tokens', () => {
  const parts = fc.record({
    text: part,
    audio: part,
    image: part,
    cachedText: part,
    cachedAudio: part,
    cachedImage: part,
    written: part,
    outText: part,
    outAudio: part,
    outImage: part,
  });
  fc.assert(
    fc.property(parts, (p) => {
      const cached = p.cachedText + p.cachedAudio + p.cachedImage;
      const input = p.text + p.audio + p.image + cached + p.written;
      const output = p.outText + p.outAudio + p.outImage;
      const split = splitOpenAiTokens({
        input_tokens: number(input),
        input_cached_tokens: number(cached),
        input_cache_write_tokens: number(p.written),
        input_audio_tokens: number(p.audio),
        input_image_tokens: number(p.image),
        input_cached_audio_tokens: number(p.cachedAudio),
        input_cached_image_tokens: number(p.cachedImage),
        output_tokens: number(output),
        output_audio_tokens: number(p.outAudio),
        output_image_tokens: number(p.outImage),
      });
      const sum = (isWanted: (tokenType: string) => boolean) =>
        split.reduce(
          (all, { tokenType, amount }) => (isWanted(tokenType) ? all + amount : all),
          0n,
        );
      expect(sum((kind) => kind.startsWith('output'))).toBe(output);
      expect(sum((kind) => !kind.startsWith('output'))).toBe(input);
      expect(split.find(({ tokenType }) => tokenType === 'cache_read')?.amount).toBe(p.cachedText);
      expect(split.find(({ tokenType }) => tokenType === 'input')?.amount).toBe(p.text);
    }),
  );
});

test('an answer that tells totals only is all plain input and output', () => {
  const split = splitOpenAiTokens({ input_tokens: number(9n), output_tokens: number(2n) });
  expect(split.filter(({ amount }) => amount > 0n)).toEqual([
    { tokenType: 'input', unit: 'tokens', amount: 9n },
    { tokenType: 'output', unit: 'tokens', amount: 2n },
  ]);
});

test.each([
  ['a missing count', { output_tokens: number(1n) }],
  ['a number as text', { input_tokens: '1', output_tokens: number(1n) }],
  ['a fraction', { input_tokens: new LosslessNumber('1.5'), output_tokens: number(1n) }],
  [
    'more cached than all',
    { input_tokens: number(1n), input_cached_tokens: number(2n), output_tokens: number(1n) },
  ],
])('%s is refused', (_name, result) => {
  expect(() => splitOpenAiTokens(result)).toThrow(/OpenAI/);
});
