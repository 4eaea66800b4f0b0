/**
 * The kinds of use of a model, disjoint, each with a price of its own. Tokens of input are fresh, read from the cache or
 * written to it; `reasoning` is the part of the output that was thought and not said, and is not in `output`.
 * `cache_write` is a write whose life the provider does not tell.
 */
export const LLM_METERS = [
  'input',
  'input_audio',
  'input_image',
  'cache_read',
  'cache_read_audio',
  'cache_read_image',
  'cache_write',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'output_audio',
  'output_image',
  'reasoning',
  'web_search',
  'file_search',
  'code_interpreter',
  'images',
  'characters',
  'seconds',
  'storage',
] as const;

/** A kind of use. */
export type LlmMeter = (typeof LLM_METERS)[number];

/** How much of each kind: whole numbers as text (tokens, calls, sessions, images, characters, seconds); none is left out. */
export type LlmUnits = Partial<Record<LlmMeter, string>>;

const COUNTED: ReadonlySet<LlmMeter> = new Set([
  'web_search',
  'file_search',
  'code_interpreter',
  'images',
  'characters',
  'seconds',
  'storage',
]);

/** Whether a kind of use is counted in tokens, whose prices are told for a million; all others are counted one by one. */
export const isTokens = (meter: LlmMeter): boolean => !COUNTED.has(meter);
