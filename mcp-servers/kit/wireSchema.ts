import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

type Json = Record<string, unknown>;

/**
 * A zod schema as the SDK publishes it. Values pass unchecked here because `defineTool` has checked them already, with
 * errors in the contract's own form instead of the SDK's. A tool list is read into a model's context with every
 * conversation, so what no reader needs is left out: `$schema`, the bounds of a safe integer, the details of parts marked
 * `brief`, fields marked `unlisted`, inner bans on further properties, and in outputs what is required.
 */
export function wireSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
): StandardSchemaWithJSON<Json> {
  const json = toWireJson(schema, io);
  return {
    '~standard': {
      version: 1,
      vendor: 'costguard',
      validate: (value) => ({ value: value as Json }),
      jsonSchema: { input: () => structuredClone(json), output: () => structuredClone(json) },
    },
  };
}

const BRIEF = [
  'brief',
  'additionalProperties',
  'items',
  'maxLength',
  'minLength',
  'pattern',
  'properties',
  'propertyNames',
  'required',
];
// Lengths of lists are checked, and the error says so; most callers never meet them.
const INPUT = ['minItems', 'maxItems', 'example'];
const OUTPUT = ['additionalProperties', 'example', 'minimum', 'pattern', 'required'];

function toWireJson(schema: z.ZodType, io: 'input' | 'output'): Json {
  const json = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    override: ({ jsonSchema, path }) => {
      const node = jsonSchema as Json;
      if (node['brief'] === true) drop(node, BRIEF);
      if (node['minimum'] === Number.MIN_SAFE_INTEGER) drop(node, ['minimum']);
      if (node['maximum'] === Number.MAX_SAFE_INTEGER) drop(node, ['maximum']);
      drop(node, io === 'input' ? INPUT : OUTPUT);
      // A list says what its items are.
      if (isObject(node['items']) && node['items']['type'] === 'string')
        drop(node['items'], ['description']);
      if (path.length > 0) drop(node, ['additionalProperties']);
      // The format says the same in one word.
      if (node['format'] !== undefined) drop(node, ['pattern']);
      const fields = (node['properties'] ?? {}) as Record<string, Json>;
      drop(
        fields,
        Object.keys(fields).filter((name) => fields[name]?.['unlisted'] === true),
      );
    },
  }) as Json;
  drop(json, ['$schema']);
  dropUnusedDefinitions(json);
  return shortenNames(json);
}

// What only parts that are left out refer to.
function dropUnusedDefinitions(json: Json): void {
  const definitions = (json['$defs'] ?? {}) as Json;
  const text = JSON.stringify(json);
  const isUnused = (name: string) => !text.includes(`"#/$defs/${name}"`);
  drop(definitions, Object.keys(definitions).filter(isUnused));
  if (Object.keys(definitions).length === 0) drop(json, ['$defs']);
}

// zod names the definitions of recursive schemas __schema0 and so on.
const shortenNames = (json: Json): Json =>
  JSON.parse(JSON.stringify(json).replaceAll('__schema', 'd')) as Json;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const drop = (node: Json, keys: readonly string[]): void => {
  for (const key of keys) Reflect.deleteProperty(node, key);
};
