/**
 * The document with each reference that may be null said right. The generator writes "both the component and null", which
 * nothing meets; meant is "either".
 *
 * @see https://json-schema.org/draft/2020-12/json-schema-core, 10.2.1: all of `allOf` must hold
 */
export function nullableReferences<T>(value: T): T {
  return rewrite(value) as T;
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, rewrite(item)] as const);
  const copy = Object.fromEntries(entries);
  const { allOf, ...rest } = copy;
  const reference = nullableReference(allOf);
  return reference === undefined ? copy : { anyOf: [reference, { type: 'null' }], ...rest };
}

/** The component of `allOf: [component, {type: [..., 'null']}]`; undefined for anything else. */
function nullableReference(allOf: unknown): object | undefined {
  if (!Array.isArray(allOf) || allOf.length !== 2) return undefined;
  const [component, type] = allOf as [object, object];
  const types: unknown = 'type' in type ? type.type : undefined;
  const isNullable = Array.isArray(types) && types.includes('null');
  return '$ref' in component && isNullable ? component : undefined;
}
