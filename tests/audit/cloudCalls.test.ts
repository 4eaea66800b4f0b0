import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { type TestApi, startTestApi } from '../api/startTestApi.ts';
import { startAwsWorld } from '../mcp/awsWorld.ts';
import { dailyResults, day } from '../mcp/costResults.ts';

const START = day(new Date().toISOString().slice(0, 10), -20);
const SECRET_KEY = 'plantedSecretKey/0123456789abcdefghijklmn';

async function startServerOf(api: TestApi, apiUrl = api.url) {
  const { clientId, clientSecret } = await api.addService(['audit:write', 'tokens:introspect']);
  return startAwsWorld({
    INTERNAL_API_URL: apiUrl,
    COSTGUARD_CLIENT_ID: clientId,
    COSTGUARD_CLIENT_SECRET: clientSecret,
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
  });
}

const ask = (connectionId: string) => ({
  period: { start: START, end: day(START, 2) },
  groupBy: ['ServiceName' as const],
  connectionIds: [connectionId],
});
const answer = () => ({
  json: { ResultsByTime: dailyResults(START, [[{ keys: ['S3'], amount: '1' }], []]) },
});
const cloudCalls = (api: TestApi) =>
  api.services.db
    .selectFrom('audit_log')
    .select(['operation', 'subject', 'detail', 'actor_kind'])
    .where('operation', 'like', 'cloud.%')
    .orderBy('seq')
    .execute();

test('what a server asks of its provider stands in the log, refusals too, without a credential', async () => {
  const api = await startTestApi();
  onTestFinished(api.close);
  const world = await startServerOf(api);
  const [good, bad] = [randomUUID(), randomUUID()];
  world.proxy.answer('GetCostAndUsage', answer);
  await world.client.call('query_costs', ask(good));
  // From the cache: nothing is asked.
  await world.client.call('query_costs', ask(good));
  world.proxy.answer('GetCostAndUsage', () => ({
    status: 400,
    headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    json: { __type: 'AccessDeniedException', message: 'no' },
  }));
  await world.client.call('query_costs', ask(bad));
  // An orderly end sends what is kept, so there is nothing to wait for.
  await world.close();
  const rows = await cloudCalls(api);
  expect(rows).toMatchObject([
    {
      actor_kind: 'service',
      operation: 'cloud.call',
      subject: `connection:${good}`,
      detail: {
        server: 'aws-cost',
        tool: 'query_costs',
        operation: 'ce:GetCostAndUsage',
        caller: 'local',
        status: 'ok',
        count: 1,
      },
    },
    {
      operation: 'cloud.call',
      subject: `connection:${bad}`,
      detail: { operation: 'ce:GetCostAndUsage', status: 'PERMISSION_MISSING' },
    },
  ]);
  expect(JSON.stringify(rows)).not.toContain(SECRET_KEY);
});

test('a tool answers while the API is away, and the loss is said at the end', async () => {
  const api = await startTestApi();
  onTestFinished(api.close);
  const world = await startServerOf(api, 'http://127.0.0.1:1');
  world.proxy.answer('GetCostAndUsage', answer);
  const reply = await world.client.call('query_costs', ask(randomUUID()));
  expect(reply.isError ?? false).toBe(false);
  await world.close();
  expect(world.server.output()).toContain('provider requests never reached the audit log');
  expect(await cloudCalls(api)).toEqual([]);
});
