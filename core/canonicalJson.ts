/**
 * JSON with sorted keys and no white space, so that equal values give equal text and so equal hashes. Keys whose value
 * is undefined are left out, as in JSON.stringify.
 *
 * @throws TypeError for values that JSON has no form for
 * @see RFC 8785, which this follows for strings, booleans, null, arrays and objects; numbers are written as JavaScript does, as there
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`A ${typeof value} has no JSON form.`);
    return text;
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${entries.join(',')}}`;
}
