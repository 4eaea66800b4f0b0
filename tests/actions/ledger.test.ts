import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActionStatus } from '../../core/contracts/action.ts';
import { connect, type Connected } from '../../db/connect.ts';
import { appendRefusals } from '../../db/queries/actions/appendRefusals.ts';
import { applyTransition, PLATFORM } from '../../db/queries/actions/applyTransition.ts';
import { beginStep } from '../../db/queries/actions/beginStep.ts';
import { claimCall } from '../../db/queries/actions/claimCall.ts';
import { finishStep } from '../../db/queries/actions/finishStep.ts';
import { getAction } from '../../db/queries/actions/getAction.ts';
import { insertAction } from '../../db/queries/actions/insertAction.ts';
import { listActionEvents } from '../../db/queries/actions/listActionEvents.ts';
import { listActionSteps } from '../../db/queries/actions/listActionSteps.ts';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';

let database: TestDatabase;
let connected: Connected;
let actionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  connected = connect(database.url, { applicationName: 'test-ledger' });
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});
beforeEach(async () => {
  const { db } = connected;
  const connectionId = randomUUID();
  actionId = randomUUID();
  await db
    .insertInto('connections')
    .values({
      id: connectionId,
      provider: 'aws',
      name: connectionId,
      mode: 'actions',
      poll_interval_minutes: 60,
    })
    .execute();
  await insertAction(db, {
    id: actionId,
    create: {
      kind: 'resize_instance',
      connectionId,
      resourceId: 'i-0123456789abcdef0',
      region: 'us-east-1',
      target: { instanceType: 'm5.large' },
    },
    proposedBy: { kind: 'user', id: randomUUID(), name: 'olga' },
    expiresAt: new Date(Date.now() + 60_000),
  });
});

const move = (status: ActionStatus, version: number) =>
  connected.db
    .transaction()
    .execute((tx) =>
      applyTransition(tx, { actionId, status, version, actor: PLATFORM, summary: status }),
    );

describe('a transition', () => {
  it('is written once, however often it is sent', async () => {
    expect([await move('approved', 2), await move('approved', 2)]).toEqual([true, false]);
    const events = await listActionEvents(connected.db, actionId);
    expect(events.map((event) => event.status)).toEqual(['proposed', 'approved']);
  });

  it('that comes late does not take the status back', async () => {
    await move('executing', 4);
    expect(await move('preflight', 3)).toBe(false);
    expect((await getAction(connected.db, actionId)).status).toBe('executing');
  });

  it('sent many times at once is written once, with events numbered without a gap', async () => {
    const written = await Promise.all(
      [2, 3, 4, 2, 3, 4].map((version) => move('preflight', version)),
    );
    expect(written.filter(Boolean).length).toBeGreaterThanOrEqual(1);
    const events = await listActionEvents(connected.db, actionId);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events).toHaveLength(1 + written.filter(Boolean).length);
  });

  it('and its audit entry stand or fall together', async () => {
    const attempt = connected.db.transaction().execute(async (tx) => {
      await applyTransition(tx, {
        actionId,
        status: 'approved',
        version: 2,
        actor: PLATFORM,
        summary: 'approved',
      });
      throw new Error('the connection breaks here');
    });
    await expect(attempt).rejects.toThrow('breaks here');
    const entries = await connected.db
      .selectFrom('audit_log')
      .select('seq')
      .where('subject', '=', `action:${actionId}`)
      .execute();
    expect(entries).toEqual([]);
    expect((await getAction(connected.db, actionId)).status).toBe('proposed');
  });
});

describe('a refusal', () => {
  it('is one event and one audit entry, however often it is written', async () => {
    const refusal = {
      decisionId: randomUUID(),
      kind: 'approve',
      decidedById: randomUUID(),
      decidedByName: 'otto',
      code: 'forbidden',
      detail: 'Only an approver can.',
    } as const;
    const write = () =>
      connected.db.transaction().execute((tx) => appendRefusals(tx, actionId, [refusal, refusal]));
    await write();
    await write();
    const events = await listActionEvents(connected.db, actionId);
    expect(events.filter((event) => event.type === 'refused')).toHaveLength(1);
  });
});

describe('the ledger of provider calls', () => {
  const step = () => ({ actionId, key: 'stopInstance' });

  it('lets only the newest run of a step call the provider, and counts before the call', async () => {
    await move('executing', 4);
    const first = await beginStep(connected.db, step(), {});
    const second = await beginStep(connected.db, step(), {});
    expect([first, second]).toEqual([1, 2]);
    expect(await claimCall(connected.db, step(), first, 'executing')).toBe(false);
    expect(await claimCall(connected.db, step(), second, 'executing')).toBe(true);
    expect(await listActionSteps(connected.db, actionId)).toEqual([
      {
        ...{ key: 'stopInstance', attempts: 2, callsMade: 1 },
        startedAt: expect.any(String) as string,
        finishedAt: null,
      },
    ]);
  });

  it('lets a run of the way forward no longer call once the way back has begun', async () => {
    await move('executing', 4);
    const attempt = await beginStep(connected.db, step(), {});
    await move('rolling_back', 5);
    expect(await claimCall(connected.db, step(), attempt, 'executing')).toBe(false);
  });

  it('writes what was seen after a step, and one event for it', async () => {
    await move('executing', 4);
    await beginStep(connected.db, step(), {});
    const finish = () =>
      connected.db
        .transaction()
        .execute((tx) =>
          finishStep(tx, step(), { observed: { state: 'stopped' }, summary: 'Stopped' }),
        );
    await finish();
    await finish();
    const events = await listActionEvents(connected.db, actionId);
    expect(events.filter((event) => event.type === 'step')).toHaveLength(1);
    const [row] = await listActionSteps(connected.db, actionId);
    expect(row?.finishedAt).not.toBeNull();
  });
});
