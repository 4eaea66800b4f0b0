import { pino } from 'pino';
import { beforeAll, expect, test } from 'vitest';
import { startDemoAccount } from '../../cli/demo/startDemoAccount.ts';
import { demoCosts } from '../../core/demo/demoCosts.ts';
import type { CostRow } from '../../core/mcp/costRow.ts';
import { listAccountsContract } from '../../core/mcp/listAccounts.ts';
import { queryCostsContract } from '../../core/mcp/queryCosts.ts';
import { sumDecimals } from '../../core/money/money.ts';
import { startMoto } from '../servers/startMoto.ts';
import { day } from './costResults.ts';
import { connect, type TestClient } from './mcpClients.ts';
import { startServer } from './serverProcess.ts';

const TODAY = new Date().toISOString().slice(0, 10);
const STORY = { anchorDay: TODAY, today: TODAY, changes: [] };
const PERIOD = { start: day(TODAY, -35), end: day(TODAY, 1) };

let client: TestClient;

beforeAll(async () => {
  const moto = await startMoto();
  const ending = new AbortController();
  const account = await startDemoAccount({
    motoUrl: moto.url,
    host: '127.0.0.1',
    port: 0,
    readStory: () => Promise.resolve({ story: STORY, seededAt: 'once' }),
    log: pino({ level: 'silent' }),
    signal: ending.signal,
  });
  const server = await startServer('aws-cost', { ...moto.env, AWS_ENDPOINT_URL: account.url });
  client = await connect('v2 auto', { url: server.url });
  return async () => {
    await client.close();
    await server.stop();
    ending.abort();
    await account.ended;
    await moto.stop();
  };
});

test('the demo account’s costs come through to the last digit, page by page', async () => {
  const rows: CostRow[] = [];
  let cursor: string | undefined;
  do {
    const reply = await client.call('query_costs', {
      period: PERIOD,
      groupBy: ['ServiceName', 'SkuMeter'],
      metrics: ['BilledCost', 'EffectiveCost', 'ConsumedQuantity'],
      limit: 1000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    expect(reply.isError, reply.content[0]?.text).not.toBe(true);
    const page = queryCostsContract.output.parse(reply.structuredContent);
    rows.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const truth = [...demoCosts('aws', { from: PERIOD.start, to: PERIOD.end }, STORY)];
  expect(sumDecimals(rows.map(({ BilledCost = '0' }) => BilledCost))).toBe(
    sumDecimals(truth.map(({ billedCost }) => billedCost)),
  );
  // The region that follows from the usage type is the one that the demo's generator had in mind.
  const regions = (list: { service: unknown; region: unknown; cost: string }[]) => {
    const sums = new Map<string, string>();
    for (const { service, region, cost } of list) {
      const key = `${String(service)} in ${String(region)}`;
      sums.set(key, sumDecimals([sums.get(key) ?? '0', cost]));
    }
    return Object.fromEntries([...sums].sort());
  };
  expect(
    regions(
      rows.map((r) => ({ service: r.ServiceName, region: r.RegionId, cost: r.BilledCost ?? '0' })),
    ),
  ).toEqual(
    regions(truth.map((r) => ({ service: r.serviceName, region: r.regionId, cost: r.billedCost }))),
  );
});

test('the demo account is listed, and nothing of the look-up failed', async () => {
  const reply = await client.call('list_accounts', {});
  const { rows, sources } = listAccountsContract.output.parse(reply.structuredContent);
  expect(rows.map(({ SubAccountId }) => SubAccountId)).toEqual(['123456789012']);
  expect(sources).toEqual([{ connectionId: 'default', status: 'ok' }]);
});
