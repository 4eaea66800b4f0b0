import { format } from 'prettier';
import { beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { compareCostsContract } from '../../core/mcp/compareCosts.ts';
import { describeSourceContract } from '../../core/mcp/describeSource.ts';
import { getResourceCostsContract } from '../../core/mcp/getResourceCosts.ts';
import { listAccountsContract } from '../../core/mcp/listAccounts.ts';
import { listDimensionValuesContract } from '../../core/mcp/listDimensionValues.ts';
import { listProviderAnomaliesContract } from '../../core/mcp/listProviderAnomalies.ts';
import { listRecommendationsContract } from '../../core/mcp/listRecommendations.ts';
import { queryCostsContract } from '../../core/mcp/queryCosts.ts';
import { CLIENTS, connect, type ListedTool } from './mcpClients.ts';
import { startServer, type HttpServer } from './serverProcess.ts';

const CONTRACTS = [
  describeSourceContract,
  listAccountsContract,
  listDimensionValuesContract,
  queryCostsContract,
  compareCostsContract,
  getResourceCostsContract,
  listProviderAnomaliesContract,
  listRecommendationsContract,
];
const TOKENS_MAX = 4_000;
const CHARACTERS_PER_TOKEN = 4;

let server: HttpServer;
let tools: ListedTool[];

beforeAll(async () => {
  server = await startServer('aws-cost', {});
  const client = await connect('v2 auto', { url: server.url });
  tools = await client.listTools();
  await client.close();
  return async () => {
    await server.stop();
  };
});

test('the tool list is the one that was agreed', async () => {
  const list = await format(JSON.stringify(tools), { parser: 'json', printWidth: 100 });
  await expect(list).toMatchFileSnapshot('./golden/aws-cost.tools.json');
});

test.each(CLIENTS)('a client of kind %s gets the same list in the same order', async (kind) => {
  const client = await connect(kind, { url: server.url });
  expect(await client.listTools()).toEqual(tools);
  await client.close();
});

test('it is the eight tools that every provider’s server has', () => {
  expect(tools.map(({ name }) => name)).toEqual(CONTRACTS.map(({ name }) => name));
});

test('the list fits into a model’s context', () => {
  expect(tools.length).toBeLessThanOrEqual(8);
  expect(JSON.stringify(tools).length / CHARACTERS_PER_TOKEN).toBeLessThanOrEqual(TOKENS_MAX);
});

test('each tool says what it does, with all four hints and an output schema', () => {
  for (const tool of tools) {
    expect(tool.name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(tool.title).toBeTruthy();
    expect(tool.description?.length).toBeGreaterThan(80);
    expect(tool.outputSchema).toMatchObject({ type: 'object' });
    expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(tool.annotations).toEqual({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    });
  }
});

test('every field that is shown is described', () => {
  for (const tool of tools) {
    expect(undescribed(tool.inputSchema, tool.name)).toEqual([]);
    expect(undescribed(tool.outputSchema ?? {}, tool.name)).toEqual([]);
  }
});

describe('the whole contract behind the list', () => {
  test.each(CONTRACTS.map((contract) => [contract.name, contract] as const))(
    '%s describes every field, those that the list leaves out as well',
    async (name, contract) => {
      const { toJSONSchema } = await import('zod');
      const whole = (schema: z.ZodType, io: 'input' | 'output') =>
        toJSONSchema(schema, { io }) as Record<string, unknown>;
      expect(undescribed(whole(contract.input, 'input'), name)).toEqual([]);
      expect(undescribed(whole(contract.output, 'output'), name)).toEqual([]);
    },
  );
});

/** Paths of the fields of a JSON Schema that have no description, neither of their own nor of what they refer to. */
function undescribed(schema: Record<string, unknown>, path: string): string[] {
  const own = Object.entries((schema['properties'] ?? {}) as Record<string, Node>).flatMap(
    ([name, field]) => [
      ...(typeof field['description'] === 'string' ? [] : [`${path}.${name}`]),
      ...undescribed(field, `${path}.${name}`),
    ],
  );
  const inner = ['items', 'additionalProperties', '$defs'].flatMap((key) => {
    const node = schema[key];
    if (typeof node !== 'object' || node === null) return [];
    return key === '$defs'
      ? Object.values(node as Record<string, Node>).flatMap((def) => undescribed(def, path))
      : undescribed(node as Node, `${path}[]`);
  });
  return [...own, ...inner];
}

type Node = Record<string, unknown>;
