import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { day } from '../costResults.ts';
import { PERIOD, START } from './books.ts';
import { freshOf, startLlmWorld, type LlmWorld } from './llmWorld.ts';
import { addDecimals } from './toBuckets.ts';

let world: LlmWorld;

beforeAll(async () => {
  world = await startLlmWorld();
  return () => world.close();
});

beforeEach(() => {
  world.anthropic.clear();
});

type Args = Parameters<LlmWorld['costs']>[0];
const ask = (args: Partial<Args> = {}): Args => ({
  period: PERIOD,
  connectionIds: [freshOf('anthropic')],
  ...args,
});
const usage = (args: Partial<Args> = {}): Args => ask({ metrics: ['ConsumedQuantity'], ...args });

describe('costs', () => {
  test('are cents, divided exactly', async () => {
    const { rows, Total } = await world.costs(
      ask({ granularity: 'TOTAL', groupBy: ['SubAccountId', 'SkuMeter'] }),
    );
    expect(Object.fromEntries(rows.map((row) => [row['x_TokenType'], row.BilledCost]))).toEqual({
      input: '3.7035',
      cache_write_1h: '0.000000003',
      output: '30',
      web_search: '0.09',
    });
    expect(Total).toEqual([{ BillingCurrency: 'USD', count: 4, BilledCost: '33.793500003' }]);
  });

  test('by description tell the parts that it is made of', async () => {
    const { rows, derivedColumns } = await world.costs(
      ask({ granularity: 'TOTAL', groupBy: ['SkuMeter'] }),
    );
    expect(derivedColumns).toEqual(
      expect.arrayContaining([
        'x_Model',
        'x_TokenType',
        'x_ServiceTier',
        'x_ContextWindow',
      ]) as string[],
    );
    expect(rows).toContainEqual(
      expect.objectContaining({
        ProviderName: 'Anthropic',
        ServiceName: 'Claude API',
        SkuMeter: 'Claude Opus 5.5 Usage - Output Tokens',
        x_Model: 'claude-opus-5-5',
        x_TokenType: 'output',
        x_ServiceTier: 'standard',
        x_ContextWindow: '0-200k',
      }),
    );
  });

  test('of the default workspace have no SubAccountId, and can be asked for', async () => {
    const { rows } = await world.costs(
      ask({
        granularity: 'TOTAL',
        groupBy: ['SubAccountId'],
        filter: { dimension: 'SubAccountId', in: [''] },
      }),
    );
    expect(rows).toMatchObject([{ SubAccountId: null, BilledCost: '30.09' }]);
  });

  test('are asked for as the API wants it', async () => {
    await world.costs(ask({ groupBy: ['SubAccountId', 'x_Model'] }));
    const [call] = world.anthropic.calls;
    expect(call?.path).toBe('/v1/organizations/cost_report');
    expect(call?.headers['anthropic-version']).toBe('2023-06-01');
    expect([...(call?.params ?? [])]).toEqual([
      ['starting_at', `${PERIOD.start}T00:00:00Z`],
      ['ending_at', `${PERIOD.end}T00:00:00Z`],
      ['bucket_width', '1d'],
      ['limit', '31'],
      ['group_by[]', 'description'],
      ['group_by[]', 'workspace_id'],
    ]);
  });

  test('of a long period come in as many pages as it has', async () => {
    const period = { start: day(START, -70), end: PERIOD.end };
    const { cost, Total } = await world.costs(ask({ period }));
    expect(cost.upstreamCalls).toBe(3);
    expect(Total[0]?.BilledCost).toBe('33.793500003');
  });

  test('in another currency are refused, since its smallest unit is not known', async () => {
    world.anthropic.answer(() => ({
      body: JSON.stringify({
        data: [
          {
            starting_at: `${START}T00:00:00Z`,
            ending_at: `${day(START, 1)}T00:00:00Z`,
            results: [{ amount: '100', currency: 'JPY' }],
          },
        ],
        has_more: false,
        next_page: null,
      }),
    }));
    expect(await world.refusal('query_costs', ask())).toMatchObject({
      code: 'UPSTREAM_FAILED',
      retryable: false,
    });
  });
});

describe('usage', () => {
  test('kinds of tokens come as they are, disjoint', async () => {
    const { rows } = await world.costs(usage({ granularity: 'TOTAL', groupBy: ['x_ApiKeyId'] }));
    const by = rows.map((row) => [row['x_ApiKeyId'], row['x_TokenType'], row.ConsumedQuantity]);
    expect(by.map((entry) => entry.join(' ')).sort()).toEqual(
      [
        ' input 21',
        ' output 24',
        'apikey_agent cache_read 6000',
        'apikey_agent cache_write_1h 120',
        'apikey_agent cache_write_5m 90',
        'apikey_agent input 30',
        'apikey_agent output 15',
        'apikey_agent web_search 3',
      ].sort(),
    );
  });

  test('by minute in one query tells key, workspace, model, tier and context window', async () => {
    const { rows } = await world.costs(
      usage({
        granularity: 'HOUR',
        groupBy: ['x_Minute', 'x_UsageLine'],
        filter: { dimension: 'x_Minute', in: [`${START}T09:01:00Z`] },
      }),
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      ChargePeriodStart: `${START}T09:01:00Z`,
      ChargePeriodEnd: `${START}T09:02:00Z`,
      SubAccountId: null,
      x_ApiKeyId: null,
      x_Model: 'claude-opus-5-5',
      x_ServiceTier: 'batch',
      x_ContextWindow: '200k-1M',
    });
    expect(world.anthropic.calls).toHaveLength(1);
    expect(world.anthropic.calls[0]?.params.get('ending_at')).toBe(`${START}T09:02:00Z`);
  });

  test('by minute, hour, day and in total is the same', async () => {
    const totals = new Set<string>();
    const filter = { dimension: 'x_TokenType', in: ['input'] };
    const add = async (args: Partial<Args>) => {
      const { rows } = await world.costs(usage({ filter, ...args }));
      totals.add(rows.map((row) => row.ConsumedQuantity ?? '0').reduce(addDecimals, '0'));
    };
    await add({ granularity: 'HOUR', groupBy: ['x_Minute'] });
    for (const granularity of ['HOUR', 'DAY', 'TOTAL'] as const) await add({ granularity });
    expect(totals).toEqual(new Set(['51']));
  });

  test('that no endpoint has costs no request', async () => {
    const { rows, cost, notes } = await world.costs(
      usage({ filter: { dimension: 'x_Endpoint', in: ['images'] } }),
    );
    expect(rows).toEqual([]);
    expect(cost.upstreamCalls).toBe(0);
    expect(notes.join()).toMatch(/No costs match/);
  });
});

describe('what Anthropic does not have is refused before anything is asked', () => {
  test.each([
    ['costs by hour', ask({ granularity: 'HOUR' })],
    ['costs by key', ask({ groupBy: ['x_ApiKeyId'] })],
    [
      'costs with quantities',
      ask({ metrics: ['BilledCost', 'ConsumedQuantity'], groupBy: ['SkuMeter'] }),
    ],
    ['usage by user', usage({ groupBy: ['x_UserId'] })],
  ])('%s', async (_name, args) => {
    const { code, text } = await world.refusal('query_costs', args);
    expect(code).toBe('UNSUPPORTED');
    expect(text.length).toBeGreaterThan(60);
    expect(world.anthropic.calls).toEqual([]);
  });

  test('costs of resources', async () => {
    const { code, text } = await world.refusal('get_resource_costs', {
      period: PERIOD,
      filter: { dimension: 'ServiceName', in: ['Claude API'] },
      connectionIds: [freshOf('anthropic')],
    });
    expect(code).toBe('UNSUPPORTED');
    expect(text).toMatch(/ConsumedQuantity by x_ApiKeyId/);
  });
});

test('list_accounts has every workspace, page by page, and tells of the default one', async () => {
  const reply = await world.client.call('list_accounts', { connectionId: freshOf('anthropic') });
  expect(reply.structuredContent).toMatchObject({
    rows: [
      { SubAccountId: 'wrkspc_coding', SubAccountName: 'Coding agents', status: 'active' },
      { SubAccountId: 'wrkspc_old', SubAccountName: 'Old', status: 'closed' },
    ],
    cost: { upstreamCalls: 2 },
  });
  expect(String(reply.structuredContent?.['notes'])).toMatch(/default workspace/);
});
