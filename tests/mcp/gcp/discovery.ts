import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoogleCall } from './loopback.ts';

interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  items?: Schema;
  enum?: string[];
}
interface Method {
  id: string;
  httpMethod: string;
  flatPath?: string;
  path: string;
  parameters?: Record<string, { location: string; required?: boolean }>;
  request?: { $ref: string };
  response?: { $ref: string };
}
interface Resource {
  methods?: Record<string, Method>;
  resources?: Record<string, Resource>;
}
interface Document extends Resource {
  servicePath: string;
  parameters: Record<string, unknown>;
  schemas: Record<string, Schema>;
}

/** One of Google's APIs as its discovery document describes it. */
export interface GoogleContract {
  /** The method that a request is for. @throws Error when the API has no such method, parameter or property */
  check: (call: GoogleCall) => string;
  /** Makes sure that an answer of ours is one that the API could give. @throws Error when it is not */
  checkReply: (methodId: string, json: unknown) => void;
}

/** Reads a document such as `recommender.v1` from the folder that Google's Python client brings. */
export function readContract(documents: string, name: string): GoogleContract {
  const document = JSON.parse(readFileSync(join(documents, `${name}.json`), 'utf8')) as Document;
  const methods = listMethods(document);
  const validate = (schema: Schema | undefined, value: unknown, at: string): void => {
    const known = schema?.$ref === undefined ? schema : document.schemas[schema.$ref];
    if (known === undefined || value === undefined || value === null) return;
    if (known.type === 'array') {
      if (!Array.isArray(value)) throw new Error(`${at} must be an array`);
      value.forEach((item, i) => validate(known.items, item, `${at}[${i}]`));
    } else if (known.type === 'object') {
      if (typeof value !== 'object') throw new Error(`${at} must be an object`);
      for (const [key, child] of Object.entries(value)) {
        const property = known.properties?.[key] ?? known.additionalProperties;
        if (property === undefined) throw new Error(`${at} has no property ${key}`);
        validate(property, child, `${at}.${key}`);
      }
    } else if (known.type === 'string' && typeof value !== 'string') {
      throw new Error(`${at} must be a string`);
    } else if (known.type === 'boolean' && typeof value !== 'boolean') {
      throw new Error(`${at} must be a boolean`);
    } else if (known.type === 'integer' && !Number.isInteger(value)) {
      throw new Error(`${at} must be an integer`);
    }
    if (known.enum && !known.enum.includes(value as string)) {
      throw new Error(`${at} must be one of ${known.enum.join(', ')}`);
    }
  };
  const methodOf = (call: GoogleCall): Method => {
    const found = methods.find(
      ({ httpMethod, flatPath, path }) =>
        httpMethod === call.method &&
        toPattern(document.servicePath + (flatPath ?? path)).test(call.path.slice(1)),
    );
    if (!found) throw new Error(`the API has no ${call.method} ${call.path}`);
    return found;
  };
  return {
    check: (call) => {
      const method = methodOf(call);
      const common = [...Object.keys(document.parameters), '$alt', '$prettyPrint'];
      for (const key of call.query.keys()) {
        if (method.parameters?.[key]?.location !== 'query' && !common.includes(key)) {
          throw new Error(`${method.id} has no parameter ${key}`);
        }
      }
      if (call.body !== undefined && method.request === undefined) {
        throw new Error(`${method.id} takes no body`);
      }
      validate(method.request, call.body, method.id);
      return method.id;
    },
    checkReply: (id, json) => {
      validate(methods.find((method) => method.id === id)?.response, json, `the reply of ${id}`);
    },
  };
}

function listMethods(resource: Resource): Method[] {
  return [
    ...Object.values(resource.methods ?? {}),
    ...Object.values(resource.resources ?? {}).flatMap(listMethods),
  ];
}

const toPattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.]/g, '\\.').replaceAll(/\{\+?\w+\}/g, '[^/]+')}$`);
