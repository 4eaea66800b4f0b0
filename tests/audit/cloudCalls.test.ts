import { expect, onTestFinished, test } from 'vitest';
import { addConnection } from '../api/samples.ts';
import { type TestApi, startTestApi } from '../api/startTestApi.ts';
import { startTcpProxy } from '../api/startTcpProxy.ts';
import { startAwsWorld } from '../mcp/awsWorld.ts';
import { dailyResults, day } from '../mcp/costResults.ts';

const START = day(new Date().toISOString().slice(0, 10), -20);
const SECRET_KEY = 'plantedSecretKey/0123456789abcdefghijklmn';

async function startServerOf(api: TestApi, apiUrl = api.url) {
  const { clientId, clientSecret } = await api.addService([
    'audit:write',
    'tokens:introspect',
    'credentials:aws',
  ]);
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
const answerFrom = (start: string) => () => ({
  json: { ResultsByTime: dailyResults(start, [[{ keys: ['S3'], amount: '1' }], []]) },
});
const answer = answerFrom(START);
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
  const { db } = api.services;
  const [good, bad] = [await addConnection(db), await addConnection(db)];
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

test('a tool answers when the API goes away, and the loss is said at the end', async () => {
  const api = await startTestApi();
  onTestFinished(api.close);
  const door = await startTcpProxy(api.url);
  const world = await startServerOf(api, `http://127.0.0.1:${new URL(door.url).port}`);
  world.proxy.answer('GetCostAndUsage', answer);
  const connectionId = await addConnection(api.services.db);
  // That it has no stored credential is known from here on, for a minute.
  await world.client.call('describe_source', {});
  await world.client.call('query_costs', ask(connectionId));
  await expect.poll(() => cloudCalls(api), { timeout: 20_000 }).not.toEqual([]);
  const before = await cloudCalls(api);
  await door.close();
  world.proxy.answer('GetCostAndUsage', answerFrom(day(START, 3)));
  const later = { ...ask(connectionId), period: { start: day(START, 3), end: day(START, 5) } };
  const reply = await world.client.call('query_costs', later);
  expect(reply.isError ?? false, JSON.stringify(reply)).toBe(false);
  await world.close();
  expect(world.server.output()).toContain('provider requests never reached the audit log');
  expect(await cloudCalls(api)).toEqual(before);
});
