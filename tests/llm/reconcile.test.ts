import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMcpToolbox } from '../../activities/platform/mcpToolbox.ts';
import { reconcileLlm } from '../../activities/llm/reconcile/reconcileLlm.ts';
import { driftOf } from '../../core/llm/driftOf.ts';
import { connect } from '../../db/connect.ts';
import { listBills } from '../../db/queries/llm/listBills.ts';
import { addConnection } from '../api/samples.ts';
import { day } from '../mcp/costResults.ts';
import { startAnthropicStub } from '../mcp/llm/anthropicStub.ts';
import { at } from '../mcp/llm/books.ts';
import { startOpenAiStub } from '../mcp/llm/openAiStub.ts';
import type { Stub } from '../mcp/llm/stubServer.ts';
import { type HttpServer, startServer } from '../mcp/serverProcess.ts';
import { createTestDatabase } from '../servers/createTestDatabase.ts';
import { addUsage } from './addUsage.ts';

const KEYS = {
  openai: 'sk-admin-planted-reconcile',
  anthropic: 'sk-ant-admin01-planted-reconcile',
};
const DAY = day(new Date().toISOString().slice(0, 10), -10);
const MILLION = '1000000';

const anthropic = (
  token_type: string | null,
  cents: string,
  more: Record<string, string> = {},
) => ({
  at: at(DAY),
  groups: {
    workspace_id: 'wrkspc_1',
    cost_type: 'tokens',
    model: 'claude-opus-5-5',
    service_tier: 'standard',
    context_window: '0-200k',
    token_type,
    description: `Claude Opus 5.5 ${token_type ?? ''}`,
    ...more,
  },
  amounts: { amount: cents },
});
const openai = (line_item: string, amount: string) => ({
  at: at(DAY),
  groups: { project_id: 'proj_1', api_key_id: 'key_1', line_item },
  amounts: { amount, quantity: '1' },
});

// A million of each kind at the published prices.
const ANTHROPIC_COSTS = [
  anthropic('uncached_input_tokens', '400'),
  anthropic('cache_read_input_tokens', '20'),
  anthropic('cache_creation.ephemeral_5m_input_tokens', '500'),
  anthropic('cache_creation.ephemeral_1h_input_tokens', '800'),
  anthropic('output_tokens', '2000'),
  {
    ...anthropic(null, '123'),
    groups: {
      workspace_id: null,
      cost_type: 'code_execution',
      description: 'Code Execution Usage',
    },
  },
];
const OPENAI_COSTS = [
  openai('gpt-5.6-sol, input', '4'),
  openai('gpt-5.6-sol, cached input', '0.4'),
  openai('gpt-5.6-sol, cache write', '5'),
  openai('gpt-5.6-sol, output', '40'),
  openai('web search tool calls', '0.03'),
];

let server: HttpServer;
let stubs: Stub[];
let database: ReturnType<typeof connect>;

beforeAll(async () => {
  stubs = [
    await startOpenAiStub(KEYS.openai, {
      ...{ costs: OPENAI_COSTS, usage: {}, projects: [], apiKeys: {} },
    }),
    await startAnthropicStub(KEYS.anthropic, { costs: ANTHROPIC_COSTS, usage: [], workspaces: [] }),
  ];
  server = await startServer('llm-tracker', {
    OPENAI_ADMIN_KEY: KEYS.openai,
    OPENAI_BASE_URL: `${stubs[0]?.url ?? ''}/v1`,
    ANTHROPIC_ADMIN_KEY: KEYS.anthropic,
    ANTHROPIC_BASE_URL: stubs[1]?.url ?? '',
  });
  database = connect((await createTestDatabase()).url, { applicationName: 'test-reconcile' });
});
afterAll(async () => {
  await server.stop();
  await Promise.all(stubs.map((stub) => stub.close()));
  await database.close();
});

const tokens = { get: () => Promise.resolve('none'), forget: () => undefined };
const run = (connectionId: string, signal = new AbortController().signal) =>
  new MockActivityEnvironment().run(() =>
    reconcileLlm(
      {
        db: database.db,
        openCosts: () => openMcpToolbox({ url: server.url.href, audience: 'none', tokens }),
        signal,
      },
      { connectionId, day: DAY },
    ),
  );
const stored = async (connectionId: string) => {
  const rows = await database.db
    .selectFrom('llm_reconciliations')
    .select(['model', 'meter', 'ours', 'theirs'])
    .where('connection_id', '=', connectionId)
    .orderBy('model')
    .orderBy('meter')
    .execute();
  return rows.map((row) => [row.model, row.meter, row.ours, row.theirs, driftOf(row)]);
};
const bills = async (connectionId: string) =>
  (await listBills(database.db, { connectionId, from: DAY })).map(({ model, meter, ...row }) => ({
    name: [model, meter].filter(Boolean).join(' '),
    ...row,
  }));
const drifting = async (connectionId: string) =>
  (await stored(connectionId)).filter((row) => row[4] !== null);

/** As if the price list had lost a kind of use. */
const dropPrice = (connectionId: string, meter: string) =>
  database.db
    .updateTable('llm_usage')
    .set((eb) => ({
      cost: null,
      cost_parts: eb(eb.ref('cost_parts'), '-', meter),
      unpriced: [meter],
    }))
    .where('connection_id', '=', connectionId)
    .execute();

describe('Anthropic', () => {
  let connectionId: string;
  beforeAll(async () => {
    connectionId = await addConnection(database.db, { provider: 'anthropic' });
    const half = {
      input: '500000',
      cache_read: '500000',
      cache_write_5m: '500000',
      cache_write_1h: '500000',
      output: '400000',
      reasoning: '100000',
    };
    for (const [apiKeyId, time] of [
      ['a', '00:00'],
      ['b', '23:59'],
    ] as const) {
      await addUsage(database.db, connectionId, {
        units: half,
        at: `${DAY}T${time}:00Z`,
        apiKeyId,
      });
    }
    const other = { units: { output: MILLION }, apiKeyId: 'other' };
    await addUsage(database.db, connectionId, { ...other, at: `${day(DAY, 1)}T00:00:00Z` });
    await addUsage(database.db, connectionId, {
      ...{ ...other, source: 'push' as const, at: `${DAY}T10:00:00Z` },
    });
  });

  test('agrees with the cost report, thinking among the output, pushed and other days left out', async () => {
    expect(await run(connectionId)).toEqual({ drifted: 0 });
    expect(await stored(connectionId)).toEqual([
      ['', 'code_interpreter', null, '1.23', null],
      ['claude-opus-5-5', 'cache_read', '0.2', '0.2', null],
      ['claude-opus-5-5', 'cache_write_1h', '8', '8', null],
      ['claude-opus-5-5', 'cache_write_5m', '5', '5', null],
      ['claude-opus-5-5', 'input', '4', '4', null],
      ['claude-opus-5-5', 'output', '20', '20', null],
    ]);
  });

  test('the bill of what no usage report counts is named by its own line', async () => {
    const found = await bills(connectionId);
    expect(found.filter(({ status }) => status !== 'agrees')).toMatchObject([
      {
        name: 'code_interpreter',
        status: 'not_in_usage',
        ours: null,
        oursMax: null,
        theirs: '1.23',
        lines: [{ name: 'Code Execution Usage', amount: '1.23' }],
      },
    ]);
    expect(found[0]).toMatchObject({ name: 'claude-opus-5-5 output', provider: 'anthropic' });
  });

  test('names the cache write whose price is lost, and is content once it is back', async () => {
    await dropPrice(connectionId, 'cache_write_5m');
    expect(await run(connectionId)).toEqual({ drifted: 1 });
    expect(await drifting(connectionId)).toEqual([
      ['claude-opus-5-5', 'cache_write_5m', '0', '5', '5'],
    ]);
    await database.db
      .updateTable('llm_usage')
      .set({ cost_parts: sql`cost_parts || '{"cache_write_5m": "2.5"}'` })
      .where('connection_id', '=', connectionId)
      .where('source', '=', 'pull')
      .execute();
    expect(await run(connectionId)).toEqual({ drifted: 0 });
  });
});

describe('OpenAI', () => {
  test('names the cache write whose price is lost', async () => {
    const connectionId = await addConnection(database.db, { provider: 'openai' });
    const openAi = { provider: 'openai' as const, at: `${DAY}T10:00:00Z`, serviceTier: 'default' };
    await addUsage(database.db, connectionId, {
      ...openAi,
      model: 'gpt-5.6-sol',
      units: { input: MILLION, cache_read: MILLION, cache_write: MILLION, output: '2000000' },
    });
    await addUsage(database.db, connectionId, {
      ...openAi,
      model: 'gpt-5-mini',
      units: { web_search: '3' },
    });
    expect(await run(connectionId)).toEqual({ drifted: 0 });
    expect(await stored(connectionId)).toHaveLength(5);
    await dropPrice(connectionId, 'cache_write');
    expect(await run(connectionId)).toEqual({ drifted: 1 });
    expect(await drifting(connectionId)).toEqual([['gpt-5.6-sol', 'cache_write', '0', '5', '5']]);
  });

  test('a bill that is higher for long requests is told from one at another price', async () => {
    const connectionId = await addConnection(database.db, { provider: 'openai' });
    const openAi = { provider: 'openai' as const, at: `${DAY}T10:00:00Z`, model: 'gpt-5.6-sol' };
    // At 4 USD a million the input comes to 2.8, at the 8 of long requests to 5.6; the bill says 4.
    const units = { input: '700000', output: '2000000' };
    await addUsage(database.db, connectionId, { ...openAi, units, requests: '7' });
    await run(connectionId);
    const [input] = (await bills(connectionId)).filter(({ name }) => name === 'gpt-5.6-sol input');
    expect(input).toMatchObject({
      ...{ status: 'open_rate', ours: '2.8', oursMax: '5.6', theirs: '4' },
      lines: [{ name: 'gpt-5.6-sol, input', amount: '4' }],
    });
    await database.db.updateTable('llm_usage').set({ cost_may_add: '{}' }).execute();
    await run(connectionId);
    expect(
      (await bills(connectionId)).find(({ name }) => name === 'gpt-5.6-sol input')?.status,
    ).toBe('drifts');
  });

  test('use without a price, and use that is not billed, are told by name', async () => {
    const connectionId = await addConnection(database.db, { provider: 'openai' });
    const openAi = { provider: 'openai' as const, at: `${DAY}T10:00:00Z`, model: '' };
    await addUsage(database.db, connectionId, { ...openAi, units: { code_interpreter: '2' } });
    await addUsage(database.db, connectionId, {
      ...{ ...openAi, at: `${DAY}T11:00:00Z` },
      units: { file_search: '1000' },
    });
    await run(connectionId);
    const found = (await bills(connectionId)).filter(({ lines }) => lines.length === 0);
    expect(found).toMatchObject([
      { name: 'code_interpreter', status: 'unpriced', ours: null, theirs: '0' },
      { name: 'file_search', status: 'not_billed', ours: '2.5', theirs: '0' },
    ]);
  });

  test('use that the provider does not bill, and bills of use that is missing, are drift', async () => {
    const connectionId = await addConnection(database.db, { provider: 'openai' });
    await addUsage(database.db, connectionId, {
      ...{ provider: 'openai' as const, model: 'gpt-5', at: `${DAY}T10:00:00Z` },
      units: { input: MILLION },
    });
    expect(await run(connectionId)).toEqual({ drifted: 6 });
    expect(await drifting(connectionId)).toContainEqual(['gpt-5', 'input', '1.25', '0', '-1.25']);
  });
});

test('a connection that is gone is told', async () => {
  await expect(run('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({
    code: 'connection_not_found',
  });
});
