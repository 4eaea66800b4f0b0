import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backfillConnectionId } from '../../core/connections/backfillIds.ts';
import { backfillMonths } from '../../core/connections/backfillMonths.ts';
import { BackfillReply } from '../../core/contracts/backfill.ts';
import { Connection } from '../../core/contracts/connection.ts';
import { recordMonth } from '../../db/queries/backfill/recordMonth.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import { addConnection } from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

const NOW = new Date('2026-11-26T10:00:00Z');
const planned = backfillMonths('2026-11-26', 13);

let api: TestApi;
let operator: TestUser;
const started: string[] = [];

beforeAll(async () => {
  api = await startTestApi({ temporal: 'real' });
  operator = await api.signIn('operator');
  api.clock.now = NOW;
});
afterAll(async () => {
  for (const id of started) await workflowOf(id).terminate();
  await api.close();
});

const workflowOf = (id: string) =>
  api.services.temporal.workflow.getHandle(backfillConnectionId(id));

const ask = (id: string, body: Record<string, unknown> = {}) =>
  api.call('POST', `/api/v1/connections/${id}/backfill`, { as: operator.as, body });

/** A connection whose history was asked for; its workflow waits for a worker. */
async function begun() {
  const id = await addConnection(api.services.db);
  started.push(id);
  const reply = await ask(id);
  return { id, reply };
}

const read = async (id: string) =>
  (await api.call('GET', `/api/v1/connections/${id}`, { as: operator.as })).read(Connection);

describe('asking for the history of a connection', () => {
  test('plans it, starts its one workflow, shows it, and is written down', async () => {
    const { id, reply } = await begun();
    expect(reply.status).toBe(202);
    const workflowId = backfillConnectionId(id);
    expect(reply.read(BackfillReply)).toEqual({ connectionId: id, workflowId, months: planned });
    const { runId, type } = await workflowOf(id).describe();
    expect(type).toBe('backfillConnection');
    expect((await read(id)).backfill).toEqual({
      state: 'running',
      months: planned.length,
      done: 0,
      rows: 0,
      waitingFor: null,
      failed: [],
    });
    await ask(id);
    expect((await workflowOf(id).describe()).runId).toBe(runId);
    const entries = await api.services.db
      .selectFrom('audit_log')
      .select('operation')
      .where('subject', '=', `connection:${id}`)
      .execute();
    expect(entries.map(({ operation }) => operation)).toEqual([
      'connection.backfill',
      'connection.backfill',
    ]);
  });

  test('asks for what is not read yet, and for what is named', async () => {
    const { id } = await begun();
    const [first = '', second = '', ...others] = planned;
    for (const month of others)
      await recordMonth(api.services.db, { connectionId: id, month, status: 'done', rows: 7 });
    await recordMonth(api.services.db, { connectionId: id, month: second, status: 'empty' });
    const failed = { month: first, code: 'permission_missing', detail: 'Grant it.' };
    await recordMonth(api.services.db, { connectionId: id, status: 'failed', ...failed });
    expect((await read(id)).backfill).toEqual({
      state: 'failed',
      months: planned.length,
      done: planned.length - 1,
      rows: 7 * others.length,
      waitingFor: null,
      failed: [failed],
    });
    expect((await ask(id)).read(BackfillReply).months).toEqual([first]);
    expect((await read(id)).backfill).toMatchObject({ state: 'running', failed: [] });
    const named = await ask(id, { months: ['2026-10', '2026-03', '2026-10'] });
    expect(named.read(BackfillReply).months).toEqual(['2026-10', '2026-03']);
    expect((await read(id)).backfill).toMatchObject({ months: planned.length + 1 });
  });

  test('has nothing to do where all of it is read', async () => {
    const { id } = await begun();
    for (const month of planned)
      await recordMonth(api.services.db, { connectionId: id, month, status: 'done' });
    const reply = await ask(id);
    expect([reply.status, reply.read(BackfillReply).months]).toEqual([202, []]);
  });

  test.each([
    [{ months: ['2026-11'] }, '/months/0'],
    [{ months: ['2026-10', '2027-01'] }, '/months/1'],
    [{ months: ['2026-13'] }, '/months/0'],
    [{ months: [] }, '/months'],
    [{ since: '2026-01' }, '/since'],
  ])('with %j is refused by name', async (body, pointer) => {
    const id = await addConnection(api.services.db);
    const refusal = (await ask(id, body)).refusal();
    expect(refusal).toMatchObject({ status: 400, code: 'invalid_request', pointers: [pointer] });
    expect((await read(id)).backfill).toBeNull();
  });

  test('of the demo is refused, and of one that does not exist is 404', async () => {
    const id = await addConnection(api.services.db);
    await api.services.db
      .updateTable('connections')
      .set({ demo: true })
      .where('id', '=', id)
      .execute();
    expect((await ask(id)).refusal()).toMatchObject({ status: 422, code: 'unsupported' });
    expect((await ask(randomUUID())).refusal()).toMatchObject({
      status: 404,
      code: 'connection_not_found',
    });
  });
});

test('a change of a connection tells of its history as well', async () => {
  const { id } = await begun();
  const admin = await api.signIn('admin');
  const reply = await api.call('PATCH', `/api/v1/connections/${id}`, {
    as: admin.as,
    body: { enabled: false },
  });
  expect(reply.read(Connection)).toEqual({ ...(await read(id)), enabled: false });
});

test('while Temporal is away the answer is 503, and the next poll has the months read', async () => {
  const away = await startTestApi();
  const { as } = await away.signIn('operator');
  const id = await addConnection(away.services.db);
  const reply = await away.call('POST', `/api/v1/connections/${id}/backfill`, { as, body: {} });
  expect(reply.refusal()).toMatchObject({ status: 503, code: 'workflow_unavailable' });
  const waiting = await away.services.db
    .selectFrom('backfill_months')
    .select('status')
    .where('connection_id', '=', id)
    .execute();
  expect(new Set(waiting.map(({ status }) => status))).toEqual(new Set(['waiting']));
  await away.close();
});
