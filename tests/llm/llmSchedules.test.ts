import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { detectiveScheduleId, llmScheduleId } from '../../core/connections/scheduleId.ts';
import { reconcileSchedules } from '../../workers/reconcileSchedules.ts';
import { type OwnTemporal, openOwnTemporal } from '../actions/ownTemporal.ts';
import { addConnection } from '../api/samples.ts';
import { startTestApi, type TestApi } from '../api/startTestApi.ts';
import { TEST_DATA_CONVERTER } from '../servers/testPayloads.ts';
import { Client } from '@temporalio/client';

// A Temporal server of its own: the reconciler deletes each schedule that no connection asks for.
let temporal: OwnTemporal;
let client: Client;
let api: TestApi;

beforeAll(async () => {
  temporal = await openOwnTemporal();
  client = new Client({
    connection: temporal.connection,
    namespace: temporal.namespace,
    dataConverter: TEST_DATA_CONVERTER,
  });
  api = await startTestApi();
}, 120_000);
afterAll(async () => {
  await api.close();
  await temporal.close();
});
beforeEach(async () => {
  await api.services.db.deleteFrom('connections').execute();
  await reconcile();
});

const reconcile = () => {
  const { db, pool, log } = api.services;
  return reconcileSchedules({ db, pool, temporal: client, log });
};
const describe = (id: string) => client.schedule.getHandle(id).describe();

test('openai and anthropic have a schedule of use beside that of costs; no other provider has', async () => {
  const { db } = api.services;
  const ids: Record<string, string> = {};
  for (const provider of ['aws', 'gcp', 'azure', 'openai', 'anthropic'] as const)
    ids[provider] = await addConnection(db, { provider });
  expect(await reconcile()).toBe(7);
  for (const provider of ['openai', 'anthropic']) {
    const id = ids[provider] ?? '';
    const { spec, action } = await describe(llmScheduleId(id));
    expect(spec.intervals).toMatchObject([{ every: 5 * 60_000 }]);
    expect(action).toMatchObject({
      workflowType: 'llmPoll',
      taskQueue: 'llm',
      workflowId: llmScheduleId(id),
      args: [{ connectionId: id, provider }],
    });
  }
  for (const provider of ['aws', 'gcp', 'azure']) {
    await describe(detectiveScheduleId(ids[provider] ?? ''));
    await expect(describe(llmScheduleId(ids[provider] ?? ''))).rejects.toThrow(/not found/i);
  }
  // Right already: nothing is written.
  expect(await reconcile()).toBe(0);
});

test('the costs of the demo have none: there is nothing behind them to read', async () => {
  const id = await addConnection(api.services.db, { provider: 'openai' });
  await api.services.db.updateTable('connections').set({ demo: true }).execute();
  await reconcile();
  await describe(detectiveScheduleId(id));
  await expect(describe(llmScheduleId(id))).rejects.toThrow(/not found/i);
});

test('a schedule that somebody changed is written anew, and a pause stays', async () => {
  const id = await addConnection(api.services.db, { provider: 'openai' });
  await reconcile();
  const handle = client.schedule.getHandle(llmScheduleId(id));
  await handle.pause('looking into it');
  await handle.update((previous) => ({
    ...previous,
    spec: { intervals: [{ every: '3 hours' }] },
  }));
  // The interval of its costs is not that of its use.
  await api.services.db.updateTable('connections').set({ poll_interval_minutes: 30 }).execute();
  await reconcile();
  const { spec, state } = await handle.describe();
  expect(spec.intervals).toMatchObject([{ every: 5 * 60_000 }]);
  expect(state).toMatchObject({ paused: true, note: 'looking into it' });
  const costs = await describe(detectiveScheduleId(id));
  expect(costs.spec.intervals).toMatchObject([{ every: 30 * 60_000 }]);
});

test('disabled or deleted, a connection loses both', async () => {
  const { db } = api.services;
  const disabled = await addConnection(db, { provider: 'anthropic' });
  const deleted = await addConnection(db, { provider: 'openai' });
  await reconcile();
  await db.updateTable('connections').set({ enabled: false }).where('id', '=', disabled).execute();
  await db.deleteFrom('connections').where('id', '=', deleted).execute();
  // What the visibility store lists may lag what was written.
  await expect
    .poll(
      async () => {
        await reconcile();
        const left: string[] = [];
        for await (const { scheduleId } of client.schedule.list()) left.push(scheduleId);
        return left;
      },
      { timeout: 20_000 },
    )
    .toEqual(['maintenance']);
});
