import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detectiveScheduleId } from '../../core/connections/scheduleId.ts';
import { ConnectionScheduleList, PollReply } from '../../core/contracts/connection.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let temporal: Client;
let operator: TestUser;

beforeAll(async () => {
  api = await startTestApi({ temporal: 'real' });
  api.services.changes.start();
  temporal = api.services.temporal;
  operator = await api.signIn('operator');
});
afterAll(() => api.close());

const poll = (id: string) =>
  api.call('POST', `/api/v1/connections/${id}/poll`, { as: operator.as });
const entries = (id: string) =>
  api.services.db
    .selectFrom('audit_log')
    .select('operation')
    .where('subject', '=', `connection:${id}`)
    .execute();

const schedules = async (id: string) => {
  const reply = await api.call('GET', '/api/v1/connection-schedules', { as: operator.as });
  return reply.read(ConnectionScheduleList).items.find(({ connectionId }) => connectionId === id);
};

describe('polling a connection now', () => {
  test('triggers its schedule once and is written down', async () => {
    const id = await addConnection(api.services.db);
    const schedule = await temporal.schedule.create({
      scheduleId: detectiveScheduleId(id),
      spec: {},
      action: { type: 'startWorkflow', workflowType: 'none', taskQueue: `none-${id}` },
    });
    const reply = await poll(id);
    expect(reply.status).toBe(202);
    expect(reply.read(PollReply)).toEqual({
      connectionId: id,
      scheduleId: detectiveScheduleId(id),
      triggered: true,
      runningSince: null,
    });
    expect((await schedule.describe()).info.numActionsTaken).toBe(1);
    // While the first one runs, none is started.
    const again = await poll(id);
    expect(again.status).toBe(200);
    const { runningSince, ...told } = again.read(PollReply);
    expect(told).toMatchObject({ connectionId: id, triggered: false });
    expect(runningSince).not.toBeNull();
    expect((await schedule.describe()).info.numActionsTaken).toBe(1);
    expect(await schedules(id)).toEqual({
      connectionId: id,
      isKnown: true,
      nextPollAt: null,
      runningSince,
    });
    expect(await entries(id)).toEqual([
      { operation: 'connection.poll' },
      { operation: 'connection.poll' },
    ]);
    const running = (await schedule.describe()).info.runningActions;
    for (const { workflow } of running)
      await temporal.workflow.getHandle(workflow.workflowId).terminate();
    await schedule.delete();
  });

  test('is told when its schedule polls it next', async () => {
    const id = await addConnection(api.services.db);
    expect(await schedules(id)).toEqual({
      connectionId: id,
      isKnown: true,
      nextPollAt: null,
      runningSince: null,
    });
    const schedule = await temporal.schedule.create({
      scheduleId: detectiveScheduleId(id),
      spec: { intervals: [{ every: '1 hour' }] },
      action: { type: 'startWorkflow', workflowType: 'none', taskQueue: `none-${id}` },
    });
    expect(await schedules(id)).toMatchObject({
      nextPollAt: expect.stringMatching(/T\d\d:00:00/) as string,
      runningSince: null,
    });
    await schedule.pause();
    expect(await schedules(id)).toMatchObject({ nextPollAt: null });
    await schedule.delete();
  });

  test('tells a member of a team of its own schedules only', async () => {
    const [own, other] = [
      await addConnection(api.services.db),
      await addConnection(api.services.db),
    ];
    const admin = await api.signIn('admin');
    const member = await api.signIn('viewer');
    const body = {
      name: 'Shop',
      members: [{ kind: 'user', id: member.id }],
      grants: [{ connectionId: own }],
    };
    expect((await api.call('POST', '/api/v1/teams', { as: admin.as, body })).status).toBe(201);
    const seen = async (as: Record<string, string>) =>
      (await api.call('GET', '/api/v1/connection-schedules', { as }))
        .read(ConnectionScheduleList)
        .items.map(({ connectionId }) => connectionId);
    await expect.poll(() => seen(member.as)).toEqual([own]);
    expect(await seen(admin.as)).toEqual(expect.arrayContaining([own, other]));
  });

  test('whose schedule is not made yet is 503, and nothing is written down', async () => {
    const id = await addConnection(api.services.db);
    expect((await poll(id)).refusal()).toMatchObject({ status: 409, code: 'schedule_missing' });
    expect(await entries(id)).toEqual([]);
  });
});

test('while Temporal is away the answer is 503 within seconds, and when polls are due is not known', async () => {
  const away = await startTestApi();
  const { as } = await away.signIn('operator');
  const id = await addConnection(away.services.db);
  const reply = await away.call('POST', `/api/v1/connections/${id}/poll`, { as });
  expect(reply.refusal()).toMatchObject({ status: 503, code: 'workflow_unavailable' });
  const schedules = await away.call('GET', '/api/v1/connection-schedules', { as });
  expect(schedules.read(ConnectionScheduleList).items).toEqual([
    { connectionId: id, isKnown: false, nextPollAt: null, runningSince: null },
  ]);
  const ready = await away.call('GET', '/readyz');
  expect(ready.status).toBe(503);
  expect(ready.body).toEqual({ status: 'not_ready', postgres: 'ok', temporal: 'unavailable' });
  await away.close();
});

test('with Postgres and Temporal there the API is ready', async () => {
  const reply = await api.call('GET', '/readyz');
  expect(reply.status).toBe(200);
  expect(reply.body).toEqual({ status: 'ready', postgres: 'ok', temporal: 'ok' });
});
