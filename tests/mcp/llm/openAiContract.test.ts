import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import { beforeAll, expect, test } from 'vitest';
import { OPENAI_BOOKS, PERIOD, at } from './books.ts';
import { freshOf, KEYS, startLlmWorld, type LlmWorld } from './llmWorld.ts';
import { startPrism, type Prism } from './startPrism.ts';
import { startOpenAiStub } from './openAiStub.ts';
import { addDecimals } from './toBuckets.ts';
import type { Stub } from './stubServer.ts';

interface Description {
  paths: Record<string, { get?: { parameters: { name: string; in: string }[] } }>;
}
const description = JSON.parse(
  readFileSync(new URL('../../oracles/openai-organization.openapi.json', import.meta.url), 'utf8'),
) as Description;

let stub: Stub;
let prism: Prism;
let world: LlmWorld;

beforeAll(async () => {
  stub = await startOpenAiStub(KEYS.openai, OPENAI_BOOKS);
  prism = await startPrism(`${stub.url}/v1`);
  world = await startLlmWorld({ OPENAI_BASE_URL: prism.url });
  return async () => {
    await world.close();
    await prism.close();
    await stub.close();
  };
});

const USAGE = ['ConsumedQuantity'] as const;

test.each([
  ['costs by project and line item', { groupBy: ['SubAccountId', 'SkuMeter'] }],
  ['costs by key', { groupBy: ['x_ApiKeyId'], granularity: 'MONTH' as const }],
  ['usage by its finest line', { metrics: [...USAGE], groupBy: ['x_UsageLine'] }],
  ['usage by user', { metrics: [...USAGE], groupBy: ['x_UserId'] }],
  ['usage by hour', { metrics: [...USAGE], groupBy: ['x_Model'], granularity: 'HOUR' as const }],
  [
    'usage by minute',
    {
      metrics: [...USAGE],
      groupBy: ['x_Minute', 'x_UsageLine'],
      granularity: 'HOUR' as const,
      filter: { dimension: 'x_Minute', in: [`${PERIOD.start}T13:05:00Z`] },
    },
  ],
])('%s: requests and answers are what OpenAI’s API description allows', async (_name, question) => {
  const { rows, sources } = await world.costs({
    period: PERIOD,
    connectionIds: [freshOf('openai')],
    ...question,
  });
  expect(rows.length).toBeGreaterThan(0);
  expect(sources).toMatchObject([{ status: 'ok' }]);
});

test('so are those of accounts and keys', async () => {
  const accounts = await world.client.call('list_accounts', { connectionId: freshOf('openai') });
  expect(accounts.structuredContent?.['rows']).toHaveLength(3);
  const resources = await world.client.call('get_resource_costs', {
    period: PERIOD,
    filter: { dimension: 'SubAccountId', in: ['proj_support'] },
    connectionIds: [freshOf('openai')],
  });
  expect(resources.structuredContent).toMatchObject({
    rows: [{ ResourceId: 'key_batch', ResourceName: 'Nightly batch' }, { ResourceId: 'key_chat' }],
    notes: [],
  });
});

test('every usage endpoint of the description is asked, with parameters that it knows', () => {
  const asked = new Set(stub.calls.map(({ path }) => path.replace('/v1', '')));
  const reports = Object.keys(description.paths).filter((path) => path.includes('/usage/'));
  expect(reports.filter((path) => !asked.has(path))).toEqual([]);
  for (const { path, params } of stub.calls) {
    const template = path
      .replace('/v1', '')
      .replace(/\/projects\/[^/]+\//, '/projects/{project_id}/');
    const known = description.paths[template]?.get?.parameters.map(({ name }) => name) ?? [];
    expect([...params.keys()].filter((name) => !known.includes(name))).toEqual([]);
  }
});

test('a request that the description does not allow would have been refused', async () => {
  const reply = await fetch(`${prism.url}/organization/costs?start_time=1&group_by=model`, {
    headers: { authorization: `Bearer ${KEYS.openai}` },
  });
  expect(reply.status).toBe(422);
});

test('an answer that the description does not allow would have been refused', async () => {
  stub.answer(() => ({ body: '{"object":"page","data":[{"start_time":"soon"}]}' }));
  const refusal = await world.refusal('query_costs', {
    period: PERIOD,
    connectionIds: [freshOf('openai')],
  });
  stub.answer(() => undefined);
  expect(refusal.code).toBe('UPSTREAM_FAILED');
  expect(prism.output()).toContain('VIOLATIONS');
});

test('OpenAI’s own client reads the same costs and tokens from the stub', async () => {
  const client = new OpenAI({ adminAPIKey: KEYS.openai, baseURL: prism.url, maxRetries: 0 });
  const span = { start_time: at(PERIOD.start) / 1000, end_time: at(PERIOD.end) / 1000 };
  const usage = client.admin.organization.usage;
  let tokens = 0;
  let page: string | undefined;
  do {
    const reply = await usage.completions({
      ...span,
      bucket_width: '1h',
      limit: 24,
      group_by: ['model'],
      ...(page === undefined ? {} : { page }),
    });
    for (const { results } of reply.data) {
      for (const result of results) {
        if (result.object !== 'organization.usage.completions.result') continue;
        if (result.model === 'gpt-5.2') tokens += result.input_tokens;
      }
    }
    page = reply.has_more ? (reply.next_page ?? undefined) : undefined;
  } while (page !== undefined);
  const { rows } = await world.costs({
    period: PERIOD,
    granularity: 'TOTAL',
    metrics: [...USAGE],
    groupBy: ['x_Model', 'x_TokenType'],
    filter: {
      and: [
        { dimension: 'x_Model', in: ['gpt-5.2'] },
        {
          dimension: 'x_TokenType',
          in: ['input', 'input_audio', 'cache_read', 'cache_write'],
        },
      ],
    },
    connectionIds: [freshOf('openai')],
  });
  const ours = rows.map((row) => row.ConsumedQuantity ?? '0').reduce(addDecimals, '0');
  expect(ours).toBe(String(tokens));

  const costs = await usage.costs({ ...span, group_by: ['line_item'] });
  const amounts = costs.data.flatMap(({ results }) =>
    results.flatMap((result) =>
      result.object === 'organization.costs.result' ? [result.amount?.value ?? 0] : [],
    ),
  );
  const { Total } = await world.costs({ period: PERIOD, connectionIds: [freshOf('openai')] });
  expect(Number(Total[0]?.BilledCost)).toBeCloseTo(
    amounts.reduce((sum, amount) => sum + amount, 0),
    12,
  );
});
