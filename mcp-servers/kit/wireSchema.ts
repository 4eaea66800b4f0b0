import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

type Json = Record<string, unknown>;

/**
 * A zod schema as the SDK publishes it. Values pass unchecked here because `defineTool` has checked them already, with
 * errors in the contract's own form instead of the SDK's. What no reader of a tool list needs is left out: `$schema`,
 * the bounds of a safe integer, the details of parts marked `brief`, and in outputs what is required and the ban on further
 * properties.
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

const DETAILS = [
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

function toWireJson(schema: z.ZodType, io: 'input' | 'output'): Json {
  const json = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      const node = jsonSchema as Json;
      if (node['brief'] === true) DETAILS.forEach((key) => Reflect.deleteProperty(node, key));
      if (node['minimum'] === Number.MIN_SAFE_INTEGER) delete node['minimum'];
      if (node['maximum'] === Number.MAX_SAFE_INTEGER) delete node['maximum'];
      if (io === 'output') {
        delete node['additionalProperties'];
        delete node['pattern'];
        delete node['required'];
        delete node['minimum'];
      }
      // The format says the same in one word.
      if (node['format'] !== undefined) delete node['pattern'];
    },
  }) as Json;
  delete json['$schema'];
  return json;
}
