import type { LlmMeter, LlmUnits } from './meters.ts';

/** The kinds of use that are counted in tokens of input. */
export const INPUT_METERS = [
  'input',
  'input_audio',
  'input_image',
  'cache_read',
  'cache_read_audio',
  'cache_read_image',
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
] as const satisfies readonly LlmMeter[];

/** All tokens of input. */
export const inputTokensOf = (units: LlmUnits): bigint =>
  INPUT_METERS.reduce((sum, meter) => sum + BigInt(units[meter] ?? '0'), 0n);

/** The kinds of use that are counted in tokens; all others are calls, images, characters, seconds or sessions. */
export const TOKEN_METERS: readonly LlmMeter[] = [
  ...INPUT_METERS,
  'output',
  'output_audio',
  'output_image',
  'reasoning',
];

/** The kinds of use that are tokens read from the cache. */
export const CACHE_READ_METERS: readonly LlmMeter[] = [
  'cache_read',
  'cache_read_audio',
  'cache_read_image',
];
