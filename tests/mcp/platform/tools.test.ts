import { format } from 'prettier';
import { beforeAll, describe, expect, test } from 'vitest';
import { toJSONSchema, type z } from 'zod';
import { Action } from '../../../core/contracts/action.ts';
import { Anomaly } from '../../../core/contracts/anomaly.ts';
import { explainAnomalyContract } from '../../../core/mcp/platform/explainAnomaly.ts';
import { getActionContract } from '../../../core/mcp/platform/getAction.ts';
import { listActionsContract } from '../../../core/mcp/platform/listActions.ts';
import { listAnomaliesContract } from '../../../core/mcp/platform/listAnomalies.ts';
import { listBudgetsContract } from '../../../core/mcp/platform/listBudgets.ts';
import { listConnectionsContract } from '../../../core/mcp/platform/listConnections.ts';
import { proposeActionContract } from '../../../core/mcp/platform/proposeAction.ts';
import { proposeKeyLimitContract } from '../../../core/mcp/platform/proposeKeyLimit.ts';
import { queryStoredCostsContract } from '../../../core/mcp/platform/queryStoredCosts.ts';
import { sumDecimals } from '../../../core/money/money.ts';
import { insertTeam } from '../../../db/queries/teams/saveTeam.ts';
import { replaceCosts } from '../../../db/queries/costs/replaceCosts.ts';
import { charge } from '../../api/charge.ts';
import type { TestService } from '../../api/createTestIdentities.ts';
import {
  actionProposal,
  addConnection,
  anomalyReport,
  PLAN_HASH,
  putActionInState,
} from '../../api/samples.ts';
import { CLIENTS, type TestClient } from '../mcpClients.ts';
import {
  ALL_READING,
  apiToken,
  type PlatformWorld,
  refusalOf,
  startPlatformWorld,
} from './platformWorld.ts';

const CONTRACTS = [
  listAnomaliesContract,
  explainAnomalyContract,
  queryStoredCostsContract,
  listActionsContract,
  getActionContract,
  listConnectionsContract,
  listBudgetsContract,
  proposeActionContract,
  proposeKeyLimitContract,
];
const SCOPES = [...ALL_READING, 'actions:propose'] as const;
const TOKENS_MAX = 4_000;
const CHARACTERS_PER_TOKEN = 4;
const PERIOD = { start: '2026-10-15', end: '2026-11-03' };

let world: PlatformWorld;
let service: TestService;
let client: TestClient;
let connectionId: string;
let anomaly: Anomaly;
let action: Action;

beforeAll(async () => {
  world = await startPlatformWorld();
  const { api } = world;
  connectionId = await addConnection(api.services.db, { name: 'production' });
  service = await api.addService([...SCOPES, 'anomalies:write', 'budgets:write']);
  await replaceCosts(api.services.pool, {
    connectionId,
    provider: 'aws',
    from: PERIOD.start,
    to: PERIOD.end,
    seenAt: new Date(),
    rows: [
      charge('2026-10-20', '0.1', { serviceName: 'Amazon EC2' }),
      charge('2026-10-21', '0.2000000001', { serviceName: 'Amazon EC2' }),
      charge('2026-11-01', '5', { serviceName: 'Amazon EC2' }),
      charge('2026-11-01', '2', { serviceName: 'Amazon S3' }),
      charge('2026-11-02', '1', { serviceName: 'AWS Lambda' }),
      charge('2026-11-02', '7', { serviceName: 'Amazon S3', billingCurrency: 'EUR' }),
    ],
  });
  const as = service.as;
  const post = (path: string, body: unknown) => api.call('POST', `/api/v1${path}`, { as, body });
  anomaly = (await post('/anomalies', anomalyReport(connectionId))).read(Anomaly);
  await post(`/anomalies/${anomaly.id}/feedback`, { verdict: 'real', reason: 'Nobody knows why' });
  const proposal = actionProposal(connectionId, { anomalyId: anomaly.id });
  action = (await post('/actions', proposal)).read(Action);
  await putActionInState(api.services.db, action.id, {});
  await post('/budgets', { name: 'all', amount: '100', currency: 'USD' });
  const { id: teamId } = await insertTeam(api.services.db, {
    name: 'data',
    members: [],
    grants: [],
  });
  const filter = { teamId, counts: 'llm_use' };
  await post('/budgets', { name: 'models', amount: '5', currency: 'USD', filter });
  client = await world.http(await world.mcpToken(service, SCOPES));
  return async () => {
    await client.close();
    await world.close();
  };
});

async function ask<I extends z.ZodType, O extends z.ZodType>(
  contract: { name: string; input: I; output: O },
  args: z.input<I>,
  by = client,
): Promise<z.output<O>> {
  const reply = await by.call(contract.name, args);
  expect(reply.isError, reply.content[0]?.text).not.toBe(true);
  expect(JSON.parse(reply.content[0]?.text ?? '')).toEqual(reply.structuredContent);
  return contract.output.parse(reply.structuredContent);
}

describe('the tool list', () => {
  test('is the one that was agreed, and fits into a model’s context', async () => {
    const tools = await client.listTools();
    const list = await format(JSON.stringify(tools), { parser: 'json', printWidth: 100 });
    await expect(list).toMatchFileSnapshot('../golden/costguard.tools.json');
    expect(tools.map(({ name }) => name)).toEqual(CONTRACTS.map(({ name }) => name));
    expect(JSON.stringify(tools).length / CHARACTERS_PER_TOKEN).toBeLessThanOrEqual(TOKENS_MAX);
  });

  test('says of each tool what it does, with all four hints; two propose, none destroys', async () => {
    for (const tool of await client.listTools()) {
      expect(tool.title).toBeTruthy();
      expect(tool.description?.length).toBeGreaterThan(80);
      expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(tool.outputSchema).toMatchObject({ type: 'object' });
      expect(tool.annotations).toEqual({
        readOnlyHint: !tool.name.startsWith('propose_'),
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      });
    }
  });

  test('has nothing that decides', async () => {
    const text = JSON.stringify((await client.listTools()).map(({ name }) => name));
    expect(text).not.toMatch(/approve|reject|cancel|roll|decide|delete|update|set_|patch/);
  });

  test.each(CONTRACTS.map((contract) => [contract.name, contract] as const))(
    '%s describes every field',
    (name, { input, output }) => {
      const [asked, answered] = [toJSONSchema(input, { io: 'input' }), toJSONSchema(output)];
      expect([...undescribed(asked as Node, name), ...undescribed(answered as Node, name)]).toEqual(
        [],
      );
    },
  );
});

describe.each(CLIENTS)('%s', (kind) => {
  test.each(['http', 'stdio'] as const)('gets its work done over %s', async (transport) => {
    const own =
      transport === 'http'
        ? await world.http(await world.mcpToken(service, SCOPES), kind)
        : await world.stdio(apiToken(service), kind);
    try {
      expect(await own.listTools()).toHaveLength(9);
      const { rows } = await ask(listAnomaliesContract, { status: 'open' }, own);
      expect(rows).toMatchObject([{ anomalyId: anomaly.id, impact: '160.000000000000000001' }]);
      const proposal = {
        connectionId,
        ResourceId: `i-${String(CLIENTS.indexOf(kind))}${transport === 'http' ? 'aaaa' : 'bbbb'}000`,
        RegionId: 'us-east-1',
        instanceType: 'm5.large',
        reason: `asked by ${kind}`,
      };
      const proposed = await ask(proposeActionContract, proposal, own);
      expect(await ask(proposeActionContract, proposal, own)).toEqual(proposed);
      const refused = refusalOf(await own.call('get_action', { actionId: 'x' }));
      expect(refused).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'actionId' });
      expect(await own.listPrompts()).toHaveLength(2);
      expect(await own.listResources()).toEqual([
        'costguard://guide',
        'costguard://anomalies/{id}',
      ]);
      expect(await own.read('costguard://guide')).toContain('propose_action');
      const resource = await own.read(`costguard://anomalies/${anomaly.id}`);
      const { anomaly: same } = explainAnomalyContract.output.parse(JSON.parse(resource));
      expect(same.anomalyId).toBe(anomaly.id);
      await expect(own.read('costguard://anomalies/none')).rejects.toThrow();
    } finally {
      await own.close();
    }
  });
});

describe('an explanation', () => {
  test('has drivers, what people said, and the action proposed for it with its link', async () => {
    const explained = await ask(explainAnomalyContract, { anomalyId: anomaly.id.toUpperCase() });
    expect(explained).toMatchObject({
      anomaly: { anomalyId: anomaly.id, expected: '40.25', lower: '35', upper: '46.1' },
      drivers: [{ dimension: 'ResourceId', actual: '80.123456789012345678' }],
      feedback: [{ verdict: 'real', reason: 'Nobody knows why' }],
      actions: [
        {
          actionId: action.id,
          expectedMonthlySaving: '70.08',
          BillingCurrency: 'USD',
          link: `https://ui.example/actions/${action.id}`,
        },
      ],
      attribution: null,
    });
  });

  test('of what does not exist is NOT_FOUND', async () => {
    const reply = await client.call('explain_anomaly', { anomalyId: action.id });
    expect(refusalOf(reply)).toMatchObject({ code: 'NOT_FOUND', retryable: false });
  });
});

test('an action comes with plan, events and what a person has to do, and without the hash that approves', async () => {
  const reply = await ask(getActionContract, { actionId: action.id });
  expect(reply).toMatchObject({
    action: { actionId: action.id, status: 'proposed' },
    plan: { before: { instanceType: 'm5.xlarge' }, after: { instanceType: 'm5.large' } },
    events: [{ type: 'status', status: 'proposed' }],
    nextStep: expect.stringContaining(`https://ui.example/actions/${action.id}`) as string,
  });
  const everything = [
    reply,
    await ask(listActionsContract, {}),
    await client.call('get_action', { actionId: action.id }),
  ];
  expect(JSON.stringify(everything)).not.toContain(PLAN_HASH);
});

test('connections and budgets say where they stand', async () => {
  const { rows: connections } = await ask(listConnectionsContract, { x_Provider: 'aws' });
  expect(connections).toMatchObject([{ connectionId, name: 'production', health: 'unknown' }]);
  const { rows: budgets } = await ask(listBudgetsContract, {});
  expect(budgets).toMatchObject([
    { name: 'all', amount: '100', BillingCurrency: 'USD', filter: {} },
    { name: 'models', filter: { teamId: expect.any(String) as string, counts: 'llm_use' } },
  ]);
  const none = await ask(listConnectionsContract, { x_Provider: 'gcp' });
  expect(none).toMatchObject({ rows: [], notes: [expect.stringContaining('No connection')] });
});

test('a list’s pages together are the whole list', async () => {
  const whole = await ask(listActionsContract, { limit: 100 });
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(listActionsContract, { limit: 2, ...(cursor && { cursor }) });
    ids.push(...page.rows.map(({ actionId }) => actionId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(ids).toEqual(whole.rows.map(({ actionId }) => actionId));
});

describe('stored costs', () => {
  const costs = (args: Partial<z.input<typeof queryStoredCostsContract.input>>) =>
    ask(queryStoredCostsContract, { period: PERIOD, ...args });

  test('are exact, by currency, with what is beyond the largest groups as one row', async () => {
    const { rows, Total, Remainder, dataUntil } = await costs({ groups: 1 });
    expect(Object.fromEntries(Total.map((t) => [t.BillingCurrency, t.BilledCost]))).toEqual({
      EUR: '7',
      USD: '8.3000000001',
    });
    expect(Remainder).toEqual([]);
    expect(dataUntil).toBe('2026-11-02');
    const shown = rows.map((row) => [row.BillingCurrency, row.label, row.BilledCost]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ['USD', 'Amazon EC2', '5.3000000001'],
        ['USD', 'All others', '3'],
        ['EUR', 'Amazon S3', '7'],
      ]),
    );
    expect(rows).toHaveLength(3);
  });

  test('by month are cut where the period is', async () => {
    const { rows } = await costs({
      granularity: 'MONTH',
      filter: { ServiceName: 'Amazon EC2', BillingCurrency: 'USD', x_ConnectionId: connectionId },
    });
    expect(rows.map((row) => [row.ChargePeriodStart, row.ChargePeriodEnd, row.BilledCost])).toEqual(
      [
        ['2026-10-15', '2026-11-01', '0.3000000001'],
        ['2026-11-01', '2026-11-03', '5'],
      ],
    );
  });

  test('come in pages whose rows and remainder make the total, to the last digit', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await costs({ granularity: 'DAY', limit: 2, ...(cursor && { cursor }) });
      for (const { BillingCurrency, BilledCost } of page.Total) {
        const own = [...page.rows, ...page.Remainder].filter(
          (row) => row.BillingCurrency === BillingCurrency,
        );
        expect(sumDecimals(own.map((row) => row.BilledCost))).toBe(BilledCost);
      }
      seen.push(...page.rows.map((row) => row.BilledCost));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(sumDecimals(seen)).toBe('15.3000000001');
  });

  test('are forecast where asked', async () => {
    const { forecasts = [] } = await costs({ forecast: true });
    const ofCurrencies = forecasts.filter(({ isTotal }) => isTotal);
    expect(ofCurrencies).toMatchObject([
      { BillingCurrency: 'EUR', until: '2026-11-30', actualToDate: '7.0000' },
      { BillingCurrency: 'USD', until: '2026-11-30', actualToDate: '8.0000' },
    ]);
    expect((await costs({})).forecasts).toBeUndefined();
  });

  test.each([
    [{ period: { start: '2026-11-03', end: '2026-11-03' } }, 'period.end'],
    [{ period: { start: '2020-01-01', end: '2026-01-01' } }, 'period.end'],
    [{ groupBy: 'service' }, 'groupBy'],
    [{ filter: { service: 'x' } }, 'filter.service'],
    [{ forecast: true, groups: 26 }, 'groups'],
    [{ currency: 'USD' }, 'currency'],
  ])('are refused for %j, and the API is not asked', async (args, field) => {
    const before = world.proxy.seen.length;
    const reply = await client.call('query_costs', { period: PERIOD, ...args });
    expect(refusalOf(reply)).toMatchObject({ code: 'INVALID_ARGUMENT', field });
    expect(world.proxy.seen).toHaveLength(before);
  });

  test('of a cursor that belongs to other arguments are CURSOR_EXPIRED', async () => {
    const { nextCursor } = await costs({ granularity: 'DAY', limit: 2 });
    const reply = await client.call('query_costs', {
      period: PERIOD,
      granularity: 'MONTH',
      limit: 2,
      cursor: nextCursor,
    });
    expect(refusalOf(reply).code).toBe('CURSOR_EXPIRED');
  });
});

type Node = Record<string, unknown>;

/** Paths of the fields that have no description. */
function undescribed(schema: Node, path: string): string[] {
  const fields = Object.entries((schema['properties'] ?? {}) as Record<string, Node>);
  const own = fields.flatMap(([name, field]) => [
    ...(typeof field['description'] === 'string' ? [] : [`${path}.${name}`]),
    ...undescribed(field, `${path}.${name}`),
  ]);
  const inner = ['items', 'additionalProperties'].flatMap((key) => {
    const node = schema[key];
    return typeof node === 'object' && node !== null ? undescribed(node as Node, `${path}[]`) : [];
  });
  const either = ((schema['anyOf'] ?? []) as Node[]).flatMap((one) => undescribed(one, path));
  return [...own, ...inner, ...either];
}
