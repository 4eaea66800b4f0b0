import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeSourceContract } from '../../core/mcp/describeSource.ts';
import { listAccountsContract } from '../../core/mcp/listAccounts.ts';
import { queryCostsContract } from '../../core/mcp/queryCosts.ts';
import { TOOL_ERROR_META_KEY } from '../../core/mcp/toolError.ts';
import { startMoto, type TestMoto } from '../servers/startMoto.ts';
import { startAwsProxy, type AwsProxy } from './awsProxy.ts';
import { dailyResults } from './costResults.ts';
import { CLIENTS, connect, type TestClient } from './mcpClients.ts';
import { serverCommand, startServer, type HttpServer } from './serverProcess.ts';

const EC2 = 'Amazon Elastic Compute Cloud - Compute';
const PERIOD = { start: '2026-11-01', end: '2026-11-03' };
const RESULTS = {
  ResultsByTime: dailyResults('2026-11-01', [
    [{ keys: [EC2, 'EUC1-BoxUsage:m5.large'], amount: '1.1000000001', quantity: '24' }],
    [{ keys: [EC2, 'BoxUsage:t3.micro'], amount: '0.2', quantity: '24' }],
  ]),
};

let moto: TestMoto;
let proxy: AwsProxy;
let server: HttpServer;

beforeAll(async () => {
  moto = await startMoto();
  proxy = await startAwsProxy(moto.url);
  server = await startServer('aws-cost', { ...moto.env, AWS_ENDPOINT_URL: proxy.url });
  return async () => {
    await server.stop();
    await proxy.close();
    await moto.stop();
  };
});

beforeEach(async () => {
  proxy.clear();
  await fetch(`${moto.url}/moto-api/reset`, { method: 'POST' });
  await moto.queueCosts([RESULTS, RESULTS, RESULTS]);
});

describe.each(CLIENTS)('%s', (kind) => {
  describe.each(['http', 'stdio'] as const)('over %s', (transport) => {
    let client: TestClient;

    beforeAll(async () => {
      const env = { ...moto.env, AWS_ENDPOINT_URL: proxy.url };
      client = await connect(
        kind,
        transport === 'http' ? { url: server.url } : serverCommand('aws-cost', env, '--stdio'),
      );
      return () => client.close();
    });

    test('lists the tools', async () => {
      const tools = await client.listTools();
      expect(tools).toHaveLength(8);
      expect(tools.map(({ name }) => name)).toContain('query_costs');
    });

    test('gets costs as structured content and the same as text', async () => {
      const reply = await client.call('query_costs', {
        period: PERIOD,
        groupBy: ['ServiceName', 'SkuMeter'],
        metrics: ['BilledCost', 'ConsumedQuantity'],
        connectionIds: [`${transport}-${kind.replace(' ', '-')}`],
      });
      const output = queryCostsContract.output.parse(reply.structuredContent);
      expect(output.Total).toEqual([
        { BillingCurrency: 'USD', count: 2, BilledCost: '1.3000000001' },
      ]);
      expect(output.rows.map(({ RegionId }) => RegionId)).toEqual(['eu-central-1', 'us-east-1']);
      expect(output.cost).toMatchObject({ upstreamCalls: 1, usd: '0.01' });
      expect(JSON.parse(reply.content[0]?.text ?? '')).toEqual(reply.structuredContent);
    });

    test('gets accounts and the description of the source', async () => {
      const source = await client.call('describe_source', {});
      expect(describeSourceContract.output.parse(source.structuredContent).provider).toBe('AWS');
      const accounts = await client.call('list_accounts', {});
      const { rows } = listAccountsContract.output.parse(accounts.structuredContent);
      expect(rows.map(({ SubAccountId }) => SubAccountId)).toContain('123456789012');
    });

    test('gets a refusal that a model can repair, and AWS is not asked', async () => {
      const reply = await client.call('query_costs', {
        period: { start: '2026-11-03', end: '2026-11-01' },
      });
      expect(reply.isError).toBe(true);
      expect(reply.structuredContent).toBeUndefined();
      expect(reply.content[0]?.text).toMatch(/^INVALID_ARGUMENT: .*period\.end: must be after/);
      expect(reply._meta?.[TOOL_ERROR_META_KEY]).toEqual({
        code: 'INVALID_ARGUMENT',
        retryable: false,
        field: 'period.end',
      });
      expect(proxy.paid()).toEqual([]);
    });

    test('gets a protocol error for a tool that does not exist', async () => {
      await expect(client.call('delete_everything', {})).rejects.toMatchObject({ code: -32602 });
    });
  });
});

afterAll(() => {
  expect(server.output()).not.toMatch(/"level":50/);
});
