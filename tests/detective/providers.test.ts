import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Provider } from '../../core/contracts/scalars.ts';
import type { QueryCostsInput } from '../../core/mcp/queryCosts.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { lastAttempt, type PollWorld, startPollWorld } from './pollWorld.ts';
import { startStubCostServer, type StubAnswer, type StubCostServer } from './stubCostServer.ts';

const today = utcDay(new Date());
const yesterday = addDays(today, -1);

let stub: StubCostServer;
let world: PollWorld;
const opened: Provider[] = [];

beforeAll(async () => {
  stub = await startStubCostServer();
  world = await startPollWorld({
    mcpUrl: (provider) => {
      opened.push(provider);
      return stub.url;
    },
    pagesMax: 4,
  });
});
afterAll(async () => {
  await world.close();
  await stub.close();
});
beforeEach(() => {
  opened.length = 0;
  stub.accounts.length = 0;
  stub.answer(() => ({ rows: [] }));
});

/** A row of yesterday as a server tells it, with what differs. */
const row = (columns: Record<string, unknown>): Record<string, unknown> => ({
  ChargePeriodStart: `${yesterday}T00:00:00Z`,
  ChargePeriodEnd: `${today}T00:00:00Z`,
  ProviderName: 'Provider',
  BillingCurrency: 'USD',
  BilledCost: '1.5',
  ...columns,
});

const account = (id: string, status: 'active' | 'closed' = 'active') => ({
  BillingAccountId: 'payer',
  BillingAccountName: null,
  SubAccountId: id,
  SubAccountName: `name of ${id}`,
  status,
});

const stored = (connectionId: string) =>
  world.api.services.db
    .selectFrom('cost_records')
    .select(['sub_account_id', 'service_name', 'region_id', 'sku_id', 'sku_meter', 'billed_cost'])
    .where('connection_id', '=', connectionId)
    .orderBy('sub_account_id')
    .orderBy('sku_meter')
    .execute();

async function poll(provider: Provider, give: (input: QueryCostsInput) => StubAnswer) {
  const connectionId = await world.addConnection(provider);
  stub.answer(give);
  const { connection, history } = await world.poll(connectionId);
  return { connectionId, connection, fetch: lastAttempt(history, 'fetchCosts') };
}

const questions = () =>
  stub.asked.map(({ groupBy, metrics, filter, connectionIds, granularity }) => ({
    groupBy,
    metrics,
    granularity,
    connectionIds,
    ...(filter !== undefined && { filter }),
  }));

describe('a poll asks each provider in its own way', () => {
  test('AWS by account, and one account without a filter', async () => {
    stub.accounts.push(account('111'), account('222'));
    const { connectionId } = await poll('aws', ({ filter }) => ({
      rows: [row({ ServiceName: 'EC2', SkuMeter: `Box ${filter?.in?.[0] ?? ''}` })],
    }));
    const ask = {
      groupBy: ['ServiceName', 'SkuMeter'],
      metrics: ['BilledCost', 'EffectiveCost', 'ConsumedQuantity'],
      granularity: 'DAY',
      connectionIds: [connectionId],
    };
    expect(questions()).toEqual([
      { ...ask, filter: { dimension: 'SubAccountId', in: ['111'] } },
      { ...ask, filter: { dimension: 'SubAccountId', in: ['222'] } },
    ]);
    expect(await stored(connectionId)).toMatchObject([
      { sub_account_id: '111', sku_meter: 'Box 111' },
      { sub_account_id: '222', sku_meter: 'Box 222' },
    ]);
    stub.accounts.pop();
    const single = await poll('aws', () => ({ rows: [] }));
    expect(questions()).toEqual([{ ...ask, connectionIds: [single.connectionId] }]);
  });

  test('Google Cloud in one question, by project and SKU in its region', async () => {
    const { connectionId, connection } = await poll('gcp', () => ({
      rows: [
        row({
          SubAccountId: 'project',
          x_SkuRegion: 'A-1|europe-west1',
          SkuId: 'A-1',
          SkuMeter: 'Core hours',
          ServiceName: 'Compute Engine',
          RegionId: 'europe-west1',
          ConsumedQuantity: '24',
          ConsumedUnit: 'hour',
        }),
      ],
    }));
    expect(connection.health.status).toBe('healthy');
    expect(questions()).toEqual([
      {
        groupBy: ['SubAccountId', 'x_SkuRegion'],
        metrics: ['BilledCost', 'EffectiveCost', 'ListCost', 'ConsumedQuantity'],
        granularity: 'DAY',
        connectionIds: [connectionId],
      },
    ]);
    expect(await stored(connectionId)).toEqual([
      {
        sub_account_id: 'project',
        service_name: 'Compute Engine',
        region_id: 'europe-west1',
        sku_id: 'A-1',
        sku_meter: 'Core hours',
        billed_cost: '1.5',
      },
    ]);
  });

  test('Azure by subscription; one that is closed and gone costs nothing', async () => {
    stub.accounts.push(account('sub-1'), account('sub-2', 'closed'));
    const { connectionId, connection } = await poll('azure', ({ filter }) =>
      filter?.in?.[0] === 'sub-2'
        ? { refusal: { code: 'NOT_FOUND', retryable: false } }
        : { rows: [row({ ServiceName: 'Virtual Machines', RegionId: 'westeurope' })] },
    );
    expect(connection.health.status).toBe('healthy');
    const ask = {
      groupBy: ['ServiceName', 'RegionId'],
      metrics: ['BilledCost'],
      granularity: 'DAY',
      connectionIds: [connectionId],
    };
    expect(questions()).toEqual([
      { ...ask, filter: { dimension: 'SubAccountId', in: ['sub-1'] } },
      { ...ask, filter: { dimension: 'SubAccountId', in: ['sub-2'] } },
    ]);
    expect(await stored(connectionId)).toMatchObject([
      { sub_account_id: 'sub-1', service_name: 'Virtual Machines', region_id: 'westeurope' },
    ]);
  });

  test('Azure: one that is open and not found is for a person', async () => {
    stub.accounts.push(account('sub-1'));
    const refusal = { code: 'NOT_FOUND', retryable: false } as const;
    const { connection } = await poll('azure', () => ({ refusal }));
    expect(connection.health).toMatchObject({ status: 'failed', code: 'resource_not_found' });
  });

  test.each(['openai', 'anthropic'] as const)(
    '%s by project and meter, under its name at the server that reads both',
    async (provider) => {
      const { connectionId } = await poll(provider, () => ({
        rows: [
          row({ SubAccountId: 'proj', SkuMeter: 'm-1 input', ServiceName: 'M-1', x_Model: 'm-1' }),
        ],
      }));
      expect(questions()).toEqual([
        {
          groupBy: ['SubAccountId', 'SkuMeter'],
          metrics: ['BilledCost'],
          granularity: 'DAY',
          connectionIds: [`${provider}-${connectionId}`],
        },
      ]);
      expect(opened).toEqual([provider]);
      expect(await stored(connectionId)).toMatchObject([
        { sub_account_id: 'proj', service_name: 'M-1', sku_meter: 'm-1 input' },
      ]);
    },
  );
});

describe('whatever the provider', () => {
  const nowhere = async (connectionId: string) => expect(await stored(connectionId)).toEqual([]);

  test('throttling is waited for as long as the server says', async () => {
    let count = 0;
    const { connection, fetch } = await poll('gcp', () => {
      count += 1;
      return count === 1
        ? { refusal: { code: 'THROTTLED', retryable: true, retryAfterMs: 1_500 } }
        : { rows: [] };
    });
    expect(fetch).toMatchObject({
      attempt: 2,
      failure: { code: 'provider_throttled', delayMs: 1_500 },
    });
    expect(connection.health.status).toBe('healthy');
  });

  test('what a refusal says is the health’s text, without the machine’s code', async () => {
    const refusal = {
      code: 'PERMISSION_MISSING',
      retryable: false,
      permission: 'bigquery.jobs.create',
    } as const;
    const { connection } = await poll('gcp', () => ({ refusal }));
    expect(connection.health).toMatchObject({
      status: 'failed',
      code: 'permission_missing',
      detail: 'Do this and that.',
    });
  });

  test('pages are read to the end, and costs beyond what is read ahead as well', async () => {
    const { connectionId } = await poll('gcp', ({ cursor = '0' }) => ({
      rows: Array.from({ length: 1000 }, (_, i) =>
        row({ SubAccountId: `p${cursor}`, ServiceName: 'S', SkuMeter: String(i) }),
      ),
      ...(cursor < '3' && { nextCursor: String(Number(cursor) + 1) }),
    }));
    expect(await stored(connectionId)).toHaveLength(4000);
  });

  test('pages that never end are ended, and nothing is stored', async () => {
    let count = 0;
    const { connectionId, connection, fetch } = await poll('gcp', () => ({
      rows: [row({ ServiceName: 'S' })],
      nextCursor: `next-${(count += 1)}`,
    }));
    expect([count, fetch.attempt]).toEqual([4, 1]);
    expect(connection.health).toMatchObject({ status: 'failed', code: 'provider_answer_invalid' });
    expect(connection.health.detail).toContain('did not end after 4 pages');
    await nowhere(connectionId);
  });

  test('the same page again is ended at once', async () => {
    const { connectionId, connection } = await poll('gcp', () => ({
      rows: [row({ ServiceName: 'S' })],
      nextCursor: 'same',
    }));
    expect(stub.asked).toHaveLength(2);
    expect(connection.health.detail).toContain('gave the same page again');
    await nowhere(connectionId);
  });

  test('a server that was started anew between two pages is read again from the first', async () => {
    let isForgotten = true;
    const { connectionId, connection, fetch } = await poll('gcp', ({ cursor }) => {
      if (cursor === undefined)
        return { rows: [row({ ServiceName: 'S', SkuMeter: '1' })], nextCursor: 'two' };
      const wasForgotten = isForgotten;
      isForgotten = false;
      return wasForgotten
        ? { refusal: { code: 'CURSOR_EXPIRED', retryable: false } }
        : { rows: [row({ ServiceName: 'S', SkuMeter: '2' })] };
    });
    expect(fetch).toMatchObject({ attempt: 2, failure: { code: 'provider_unavailable' } });
    expect(connection.health.status).toBe('healthy');
    expect(await stored(connectionId)).toHaveLength(2);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no amount', { BilledCost: undefined }, `A charge of ${yesterday} has no amount`],
    ['an amount in words', { BilledCost: 'much' }, 'not what it promises (rows.0.BilledCost)'],
    ['a float’s exponent', { BilledCost: '1e-7' }, 'not what it promises (rows.0.BilledCost)'],
    ['no currency', { BillingCurrency: '' }, 'has no ISO 4217 currency'],
    ['a day to come', { ChargePeriodStart: `${addDays(today, 9)}T00:00:00Z` }, 'outside'],
    ['a day long ago', { ChargePeriodStart: '1970-01-01T00:00:00Z' }, 'outside'],
  ])('a row with %s is refused with all the others', async (_name, change, says) => {
    const { connectionId, connection, fetch } = await poll('gcp', () => ({
      rows: [row({ ServiceName: 'good' }), row({ ServiceName: 'S', ...change })].reverse(),
    }));
    expect(fetch).toEqual({ attempt: 1 });
    expect(connection.health).toMatchObject({ status: 'failed', code: 'provider_answer_invalid' });
    expect(connection.health.detail).toContain(says);
    await nowhere(connectionId);
  });

  test('a server whose clock runs ahead moves nothing, and is told of', async () => {
    const ahead = new Date(Date.now() + 3 * 3_600_000).toISOString();
    const { connectionId, connection } = await poll('gcp', () => ({
      rows: [row({ ServiceName: 'S' })],
      dataAsOf: ahead,
    }));
    expect(stub.asked[0]?.period).toEqual({ start: addDays(today, -92), end: today });
    expect(connection.health).toMatchObject({ status: 'degraded', code: 'clock_ahead' });
    expect(connection.health.detail).toContain('180 minutes ahead');
    const { stored_at: seen } = await world.api.services.db
      .selectFrom('cost_records')
      .select('stored_at')
      .where('connection_id', '=', connectionId)
      .executeTakeFirstOrThrow();
    expect(seen.getTime()).toBeLessThan(Date.now() + 60_000);
  });
});

test('the first poll of a day reads all that may be restated, the others only the newest days', async () => {
  const { connectionId } = await poll('gcp', () => ({ rows: [row({ ServiceName: 'S' })] }));
  const from = async () => {
    stub.answer(() => ({ rows: [row({ ServiceName: 'S' })] }));
    await world.poll(connectionId);
    return stub.asked[0]?.period.start;
  };
  expect(await from()).toBe(addDays(today, -10));
  await world.api.services.db
    .updateTable('connections')
    .set({ restated_on: yesterday })
    .where('id', '=', connectionId)
    .execute();
  const deep = await from();
  expect(deep?.slice(8)).toBe('01');
  expect(await from()).toBe(addDays(today, -10));
});
