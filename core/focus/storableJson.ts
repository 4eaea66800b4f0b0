/**
 * An object as JSON text that Postgres' jsonb takes (no NUL, no half of a surrogate pair) and that is the same for the
 * same content: its keys are in order.
 */
export function storableJson(value: object): string {
  return JSON.stringify(clean(value));
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, item]) => [cleanText(key), clean(item)]));
}

function cleanText(text: string): string {
  return text.replaceAll('\u0000', '').replaceAll(/\p{Cs}/gu, '\ufffd');
}
