import { readFile } from 'node:fs/promises';
import openapiTS, { type OpenAPI3 } from 'openapi-typescript';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SERVICE_SCOPES, SERVICES_ONLY } from '../../core/contracts/access.ts';
import { ERROR_CODES } from '../../core/errors.ts';
import { ROUTES } from '../routes.ts';
import { VERSION } from '../system/version.ts';
import { openApiDocument } from './openApiDocument.ts';
import { STATUS } from './problem.ts';

const Operation = z.object({
  operationId: z.string(),
  summary: z.string().min(1),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).optional(),
  requestBody: z.object({ required: z.boolean(), content: z.looseObject({}) }).optional(),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string().min(1),
      content: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
const Paths = z.record(z.string(), z.record(z.string(), Operation));

const document = JSON.parse(JSON.stringify(openApiDocument(ROUTES, VERSION))) as Record<
  string,
  unknown
>;
const paths = Paths.parse(document['paths']);
const operations = ROUTES.map((route) => {
  const operation = paths[route.path]?.[route.method];
  if (operation === undefined) throw new Error(`${route.path} is not in the document.`);
  return [`${route.method} ${route.path}`, route, operation] as const;
});

test('the document is OpenAPI 3.1 as an independent reader checks it', async () => {
  // Redocly's rules run inside; an invalid document is thrown back.
  const made = await openapiTS(structuredClone(document) as unknown as OpenAPI3);
  expect(made.length).toBeGreaterThan(0);
  expect(document).toMatchObject({ openapi: '3.1.0', info: { version: VERSION } });
});

test('openapi.json in the repository is this document', async () => {
  const file = new URL('../../openapi.json', import.meta.url);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(document);
});

test('the document has exactly the routes that are served', () => {
  const documented = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
  expect(documented.sort()).toEqual(ROUTES.map((r) => `${r.method} ${r.path}`).sort());
});

test('every operation has an id of its own', () => {
  const ids = operations.map(([, , operation]) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9]+$/);
});

describe.each(operations)('%s', (_name, route, operation) => {
  test('says who may call it', () => {
    if (route.access === 'public') {
      expect(operation.security).toEqual([]);
      return;
    }
    const scope = route.access === 'signed_in' ? undefined : route.access.scope;
    const schemes = operation.security.flatMap((entry) => Object.keys(entry));
    expect(schemes.includes('session')).toBe(scope === undefined || !SERVICES_ONLY.includes(scope));
    const isForServices = scope === undefined || SERVICE_SCOPES.includes(scope);
    expect(schemes.includes('bearer')).toBe(isForServices);
    expect(schemes.includes('oauth2')).toBe(isForServices);
    expect(operation.responses['401']).toBeDefined();
    expect(operation.responses['403']).toBeDefined();
  });

  test('says what it may answer, errors as problems', () => {
    for (const status of Object.keys(route.replies))
      expect(operation.responses[status]).toBeDefined();
    if (route.errorFormat === 'oauth') return;
    for (const code of route.errors ?? []) {
      const response = operation.responses[String(STATUS[code])];
      expect(response?.description, code).toContain(`\`${code}\``);
      expect(Object.keys(response?.content ?? {})).toEqual(['application/problem+json']);
    }
    if (route.body !== undefined || route.query !== undefined)
      expect(operation.responses['400']).toBeDefined();
  });

  test('names its parameters and its body', () => {
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const inPath = (operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name);
    expect(inPath).toEqual(names);
    expect(operation.requestBody !== undefined).toBe(
      route.body !== undefined || route.bodyType === 'otlp',
    );
    expect(operation.parameters?.some((p) => p.in === 'query') ?? false).toBe(
      route.query !== undefined,
    );
  });
});

test('a body may be left out where one without any field would do', () => {
  const isNeeded = (path: string, method: string) => paths[path]?.[method]?.requestBody?.required;
  expect(isNeeded('/api/v1/budgets', 'post')).toBe(true);
  expect(isNeeded('/api/v1/auth/login', 'post')).toBe(true);
  expect(isNeeded('/api/v1/budgets/{id}', 'patch')).toBe(false);
  expect(isNeeded('/api/v1/connections/{id}/backfill', 'post')).toBe(false);
  expect(isNeeded('/api/v1/usage/llm/v1/traces', 'post')).toBe(false);
});

test('every pattern is a regular expression that accepts its own example', () => {
  const check = (node: unknown): number => {
    if (Array.isArray(node)) return node.reduce<number>((sum, item) => sum + check(item), 0);
    if (node === null || typeof node !== 'object') return 0;
    const { pattern, example } = node as { pattern?: unknown; example?: unknown };
    let count = 0;
    if (typeof pattern === 'string') {
      const expression = new RegExp(pattern, 'u');
      expect(pattern).not.toMatch(/\/[a-z]*$/);
      if (typeof example === 'string') expect(example).toMatch(expression);
      count = 1;
    }
    return Object.values(node).reduce<number>((sum, item) => sum + check(item), count);
  };
  expect(check(document)).toBeGreaterThan(10);
});

test('every error code has a status that fits what it says about trying again', () => {
  for (const [code, { retry }] of Object.entries(ERROR_CODES)) {
    const status = STATUS[code as keyof typeof STATUS];
    expect(status).toBeGreaterThanOrEqual(400);
    if (status === 503 && !['capacity_unavailable', 'call_budget_exhausted'].includes(code))
      expect(retry, code).toBe(true);
    if ([400, 401, 403, 404, 405, 413, 415].includes(status)) expect(retry, code).toBe(false);
  }
});

describe('what may be null', () => {
  const schemas = (document as unknown as { components: { schemas: Record<string, object> } })
    .components.schemas;

  test.each(Object.entries(schemas))('%s is never null by itself', (_name, schema) => {
    const types = 'type' in schema ? [schema.type].flat() : [];
    expect(types, 'add it to NULLABLE_IN_PLACES').not.toContain('null');
  });

  test('is one of two, never both at once', () => {
    const both = /"allOf":\[\{"\$ref":"[^"]*"\},\{"type":\[[^\]]*"null"/;
    expect(JSON.stringify(document)).not.toMatch(both);
    expect(schemas['Me']).toHaveProperty('properties.role.anyOf', [
      { $ref: '#/components/schemas/Role' },
      { type: 'null' },
    ]);
  });
});
