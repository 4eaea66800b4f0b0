import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActionCreate } from '../../core/contracts/action.ts';
import { UsageAnnotations } from '../../core/contracts/usage.ts';
import { insertAction } from '../../db/queries/actions/insertAction.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { actionProposal, addConnection, anomalyReport } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let operator: TestUser;
let aws: string;
let actionId: string;

beforeAll(async () => {
  api = await startTestApi();
  operator = await api.signIn('operator');
  aws = await addConnection(api.services.db);
  for (const [startedOn, serviceName] of [
    ['2026-11-05', 'EC2'],
    ['2026-11-01', 'S3'],
    ['2026-10-31', 'Before'],
    ['2026-11-08', 'After'],
  ])
    await api.call('POST', '/api/v1/anomalies', {
      as: operator.as,
      body: anomalyReport(aws, { startedOn, lastSeenOn: startedOn, serviceName }),
    });
  actionId = await addAction('2026-11-03T23:59:59Z');
  await addAction(null);
});
afterAll(() => api.close());

/** An action whose change was made at an instant, or that waits. */
async function addAction(executedAt: string | null): Promise<string> {
  const { db } = api.services;
  const id = randomUUID();
  const create = ActionCreate.parse(actionProposal(aws));
  const proposedBy = { kind: 'user', id: operator.id, name: operator.username } as const;
  const expiresAt = new Date(Date.now() + 3_600_000);
  await db.transaction().execute((tx) => insertAction(tx, { id, create, proposedBy, expiresAt }));
  if (executedAt !== null)
    await db
      .insertInto('action_events')
      .values({
        action_id: id,
        seq: 99,
        event_key: 'executing',
        at: new Date(executedAt),
        type: 'status',
        status: 'executing',
        actor: 'system',
        summary: 'x',
      })
      .execute();
  return id;
}

const ask = (query: string, as = operator.as) =>
  api.call('GET', `/api/v1/usage/annotations?${query}`, { as });
const week = async (more = '', as = operator.as) =>
  (await ask(`from=2026-11-01&to=2026-11-08${more}`, as)).read(UsageAnnotations).items;

test('findings and executed actions of the period are told, oldest first', async () => {
  const items = await week();
  expect(items.map((item) => [item.kind, item.day, item.status])).toEqual([
    ['anomaly', '2026-11-01', 'open'],
    ['action', '2026-11-03', 'proposed'],
    ['anomaly', '2026-11-05', 'open'],
  ]);
  expect(items.map((item) => item.label)).toEqual([
    'S3',
    expect.stringMatching(/^resize instance: i-/),
    'EC2',
  ]);
  expect(items[1]?.id).toBe(actionId);
});

test.each([
  ['service=EC2', ['EC2']],
  ['provider=gcp', []],
  [`connectionId=${randomUUID()}`, []],
])('filtered by %s', async (filter, labels) => {
  expect((await week(`&${filter}`)).map((item) => item.label)).toEqual(labels);
});

test('who may not read findings or actions is told of costs only', async () => {
  const service = await api.addService(['costs:read', 'anomalies:read']);
  expect((await week('', service.as)).map((item) => item.kind)).toEqual(['anomaly', 'anomaly']);
  const less = await api.addService(['costs:read']);
  expect(await week('', less.as)).toEqual([]);
  expect((await ask('from=2026-11-01&to=2026-11-08', {})).status).toBe(401);
});

test.each([
  ['from=2026-11-01', ['to']],
  ['from=2026-11-01&to=2026-11-02&tag=x', ['tag']],
])('%s is refused by name', async (query, pointers) => {
  expect((await ask(query)).refusal()).toEqual({ status: 400, code: 'invalid_request', pointers });
});
