import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compareCostsContract } from '../../../core/mcp/compareCosts.ts';
import { describeSourceContract } from '../../../core/mcp/describeSource.ts';
import { getResourceCostsContract } from '../../../core/mcp/getResourceCosts.ts';
import { listAccountsContract } from '../../../core/mcp/listAccounts.ts';
import { listDimensionValuesContract } from '../../../core/mcp/listDimensionValues.ts';
import { listProviderAnomaliesContract } from '../../../core/mcp/listProviderAnomalies.ts';
import { listRecommendationsContract } from '../../../core/mcp/listRecommendations.ts';
import { addDays } from '../../../core/time/day.ts';
import type { FakeCharge } from '../../servers/startAzureFake.ts';
import { startAzure, type AzureTest } from './startAzure.ts';

const SUB_A = '11111111-1111-1111-1111-111111111111';
const SUB_B = '22222222-2222-2222-2222-222222222222';
const SUB_C = '33333333-3333-3333-3333-333333333333';
const GROUP = `subscriptions/${SUB_B}/resourceGroups/shop`;
const MANAGEMENT_GROUP = 'providers/Microsoft.Management/managementGroups/root';
const VM = 'Virtual Machines';
const TODAY = new Date().toISOString().slice(0, 10);
const BEFORE = { start: addDays(TODAY, -20), end: addDays(TODAY, -15) };
const AFTER = { start: addDays(TODAY, -10), end: addDays(TODAY, -5) };

let world: AzureTest;
let whole: AzureTest;

beforeAll(async () => {
  world = await startAzure([`subscriptions/${SUB_A}`, GROUP]);
  whole = await startAzure([MANAGEMENT_GROUP]);
  return async () => {
    await world.close();
    await whole.close();
  };
});

beforeEach(() => {
  world.proxy.clear();
  whole.proxy.clear();
});

let connections = 0;
const own = () => ({ connectionId: `t${(connections += 1)}` });
const owns = () => ({ connectionIds: [`t${(connections += 1)}`] });

const charge = (cost: string, date: string, dimensions: Record<string, string>): FakeCharge => ({
  scope: `subscriptions/${SUB_A}/resourceGroups/rg`,
  date,
  cost,
  currency: 'EUR',
  dimensions,
});

describe('describe_source', () => {
  test('says what there is without asking Azure', async () => {
    const source = await world.call(describeSourceContract, {});
    expect(source).toMatchObject({
      provider: 'Azure',
      restatementDays: 5,
      price: { usdPerRequest: '0', requestsPerDay: 1000 },
      limits: { dailyDaysPerRequestMax: 31, monthsPerRequestMax: 12 },
    });
    expect(source.dimensions).toContainEqual({
      name: 'ServiceCategory',
      groupBy: true,
      filter: false,
      derivedFrom: 'ServiceName',
    });
    expect(source.granularities.map(({ name }) => name)).toEqual(['DAY', 'MONTH', 'TOTAL']);
    expect(source.notes.join(' ')).toContain(GROUP);
    expect(world.proxy.calls).toEqual([]);
  });
});

describe('list_accounts', () => {
  const named = (id: string, name: string, cost = '1'): FakeCharge => ({
    ...charge(cost, addDays(TODAY, -1), { SubscriptionName: name }),
    scope: `subscriptions/${id}/resourceGroups/rg`,
  });
  const subscription = (id: string, state: string) => ({
    subscriptionId: id,
    displayName: `Name of ${id.slice(0, 1)}`,
    state,
  });

  test('gives the subscriptions with costs, their names and whether they are open', async () => {
    await whole.fake.put({
      charges: [named(SUB_C, ''), named(SUB_A, 'Shop'), named(SUB_B, 'Tests')],
      subscriptions: [
        subscription(SUB_A, 'Enabled'),
        subscription(SUB_B, 'Disabled'),
        subscription(SUB_C, 'Warned'),
      ],
    });
    const { rows } = await whole.call(listAccountsContract, own());
    expect(rows.map((row) => [row.SubAccountId, row.SubAccountName, row.status])).toEqual([
      [SUB_A, 'Shop', 'active'],
      [SUB_B, 'Tests', 'closed'],
      [SUB_C, 'Name of 3', 'active'],
    ]);
    // Two subscriptions on a page of that list.
    expect(whole.proxy.calls.filter(({ kind }) => kind === 'subscriptions')).toHaveLength(2);
  });

  test('needs the permission of costs only', async () => {
    await whole.fake.put({ charges: [named(SUB_A, 'Shop')] });
    whole.proxy.answer('subscriptions', () => ({
      status: 403,
      json: { error: { code: 'AuthorizationFailed' } },
    }));
    const { rows, notes } = await whole.call(listAccountsContract, own());
    expect(rows).toMatchObject([{ SubAccountId: SUB_A, status: 'unknown' }]);
    expect(notes.join(' ')).toMatch(/could not be read/);
  });
});

describe('list_dimension_values', () => {
  test('gives values with what they cost, most expensive first', async () => {
    await world.fake.put({
      charges: [
        charge('1.5', BEFORE.start, { ResourceLocation: 'EU West' }),
        charge('4', BEFORE.start, { ResourceLocation: 'US East' }),
        charge('2', BEFORE.start, { ResourceLocation: 'West Europe' }),
        charge('0.5', BEFORE.start, { ResourceLocation: 'Unassigned' }),
      ],
    });
    const args = { dimension: 'RegionId', period: BEFORE, ...owns() };
    const { rows } = await world.call(listDimensionValuesContract, args);
    expect(rows.map(({ value, BilledCost }) => [value, BilledCost])).toEqual([
      ['eastus', '4'],
      ['westeurope', '3.5'],
      [null, '0.5'],
    ]);
    const found = await world.call(listDimensionValuesContract, { ...args, search: 'EURO' });
    expect(found.rows.map(({ value }) => value)).toEqual(['westeurope']);
    expect(world.proxy.queries()).toHaveLength(2);
  });
});

describe('compare_costs', () => {
  test('says what changed, by how much, and what is new or gone', async () => {
    await world.fake.put({
      charges: [
        charge('100', BEFORE.start, { ServiceName: VM }),
        charge('5', BEFORE.start, { ServiceName: 'Functions' }),
        charge('150.5', AFTER.start, { ServiceName: VM }),
        charge('30', AFTER.start, { ServiceName: 'Azure OpenAI' }),
      ],
    });
    const { rows, Total } = await world.call(compareCostsContract, {
      periodA: BEFORE,
      periodB: AFTER,
      ...owns(),
    });
    expect(rows).toMatchObject([
      { ServiceName: VM, ServiceCategory: 'Compute', A: '100', B: '150.5', Delta: '50.5' },
      { ServiceName: 'Azure OpenAI', Delta: '30', isNew: true },
      { ServiceName: 'Functions', Delta: '-5', isGone: true },
    ]);
    expect(Total).toMatchObject([{ A: '105', B: '180.5', Delta: '75.5' }]);
  });
});

describe('get_resource_costs', () => {
  const id = (name: string) =>
    `/subscriptions/${SUB_A}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/${name}`;
  const filter = { dimension: 'ServiceName', in: [VM] };

  test('gives the most expensive resources over the whole period, with name and type', async () => {
    await world.fake.put({
      charges: [
        charge('1.5', BEFORE.start, { ServiceName: VM, ResourceId: id('a') }),
        charge('3.5', addDays(BEFORE.start, 1), { ServiceName: VM, ResourceId: id('a') }),
        charge('4', BEFORE.start, { ServiceName: VM, ResourceId: id('b') }),
        charge('0.25', BEFORE.start, { ServiceName: VM, ResourceId: '' }),
        charge('99', BEFORE.start, { ServiceName: 'Storage', ResourceId: id('c') }),
      ],
    });
    const { rows, Total, Remainder } = await world.call(getResourceCostsContract, {
      period: BEFORE,
      filter,
      topN: 2,
      ...owns(),
    });
    expect(rows).toMatchObject([
      {
        ResourceId: id('a'),
        ResourceName: 'a',
        ResourceType: 'Microsoft.Compute/virtualMachines',
        ServiceName: VM,
        BilledCost: '5',
      },
      { ResourceId: id('b'), BilledCost: '4' },
    ]);
    expect(Total).toEqual([{ BillingCurrency: 'EUR', count: 3, BilledCost: '9.25' }]);
    expect(Remainder).toEqual([{ BillingCurrency: 'EUR', count: 1, BilledCost: '0.25' }]);
  });

  test('says plainly what a management group cannot tell, and what to do', async () => {
    const refusal = await whole.refusal('get_resource_costs', { period: BEFORE, filter });
    expect(refusal).toMatchObject({ code: 'UNSUPPORTED', retryable: false });
    expect(refusal.text).toMatch(/AZURE_COST_SCOPES/);
    expect(whole.proxy.calls).toEqual([]);
  });
});

describe('list_recommendations', () => {
  const advice = (sub: string, name: string, group: string, more: object) => {
    const resource = `/subscriptions/${sub}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${name}`;
    return {
      id: `${resource}/providers/Microsoft.Advisor/recommendations/${name}`,
      name,
      type: 'Microsoft.Advisor/recommendations',
      properties: {
        category: 'Cost',
        impact: 'High',
        impactedField: 'Microsoft.Compute/virtualMachines',
        impactedValue: name,
        shortDescription: { problem: 'Too large', solution: 'Make it smaller' },
        resourceMetadata: { resourceId: resource },
        extendedProperties: {
          savingsCurrency: 'EUR',
          savingsAmount: '1',
          currentSku: 'Standard_D4s_v3',
          targetSku: 'Standard_D2s_v3',
          ...more,
        },
      },
    };
  };

  test('gives what Advisor says of the scopes, largest saving first', async () => {
    await world.fake.put({
      recommendations: {
        [SUB_A]: [
          advice(SUB_A, 'vm1', 'rg', { savingsAmount: '10.01' }),
          advice(SUB_A, 'vm2', 'rg', { savingsAmount: '20.2', recommendationType: 'Shutdown' }),
          advice(SUB_A, 'vm3', 'rg', { savingsAmount: 'n/a', targetSku: null }),
        ],
        [SUB_B]: [
          advice(SUB_B, 'vm4', 'shop', { savingsAmount: '15' }),
          advice(SUB_B, 'vm5', 'other', { savingsAmount: '99' }),
        ],
      },
    });
    const { rows, notes } = await world.call(listRecommendationsContract, own());
    expect(
      rows.map((row) => [row.ResourceName, row.category, row.kind, row.MonthlySaving]),
    ).toEqual([
      ['vm2', 'idle', 'shutdown', '20.2'],
      ['vm4', 'rightsizing', 'resize', '15'],
      ['vm1', 'rightsizing', 'resize', '10.01'],
    ]);
    expect(rows[2]).toMatchObject({
      recommended: 'Standard_D2s_v3',
      BillingCurrency: 'EUR',
      SubAccountId: SUB_A,
    });
    expect(notes.join(' ')).toMatch(/no saving for 1/);
  });

  test('of a management group asks its subscriptions with costs', async () => {
    await whole.fake.put({
      charges: [charge('1', addDays(TODAY, -1), {})],
      recommendations: { [SUB_A]: [advice(SUB_A, 'vm1', 'rg', {})] },
    });
    const { rows } = await whole.call(listRecommendationsContract, own());
    expect(rows.map((row) => row.ResourceName)).toEqual(['vm1']);
  });

  test('names the permission that Advisor needs', async () => {
    world.proxy.answer('advisor', () => ({
      status: 403,
      json: { error: { code: 'AuthorizationFailed' } },
    }));
    expect(await world.refusal('list_recommendations', own())).toMatchObject({
      code: 'PERMISSION_MISSING',
      permission: 'Microsoft.Advisor/recommendations/read',
    });
  });
});

describe('list_provider_anomalies', () => {
  const alert = (name: string, type: string, more: object = {}) => ({
    id: `${GROUP}/providers/Microsoft.CostManagement/alerts/${name}`,
    name,
    properties: {
      definition: { type, category: 'Cost', criteria: 'CostThresholdExceeded' },
      description: `About ${name}`,
      creationTime: `${BEFORE.start}T10:00:00Z`,
      details: { amount: 100.5, currentSpend: 150.25, unit: 'EUR', ...more },
    },
  });

  test('gives alerts of anomalies in the period, not those of budgets', async () => {
    await world.fake.put({
      alerts: { [GROUP]: [alert('odd', 'CostAnomaly'), alert('spent', 'Budget')] },
    });
    const args = { period: BEFORE, ...own() };
    const { rows, notes } = await world.call(listProviderAnomaliesContract, args);
    expect(rows).toEqual([
      {
        AnomalyId: `${GROUP}/providers/Microsoft.CostManagement/alerts/odd`,
        start: BEFORE.start,
        end: null,
        subject: 'About odd',
        Impact: '49.75',
        ActualCost: '150.25',
        ExpectedCost: '100.5',
        BillingCurrency: 'EUR',
        rootCauses: [],
      },
    ]);
    expect(notes.join(' ')).toMatch(/not those of budgets/);
    const later = await world.call(listProviderAnomaliesContract, { ...args, period: AFTER });
    expect(later.rows).toEqual([]);
    expect(later.cost).toMatchObject({ upstreamCalls: 0, cacheHits: 2 });
  });
});
