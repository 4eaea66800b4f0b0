import { safeText } from '../../kit/safeText.ts';

// The longest text of the API, an explanation.
const CHARACTERS_MAX = 2_000;

/** A JSON value with every text in it made safe to hand on: names, tags and reasons in it were chosen by others. */
export function harmless(value: unknown): unknown {
  if (typeof value === 'string') return safeText(value, CHARACTERS_MAX);
  if (Array.isArray(value)) return value.map(harmless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, harmless(item)]));
}
