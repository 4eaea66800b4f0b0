import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';

let world: ActionWorld;
beforeAll(async () => {
  world = await openActionWorld();
});
afterAll(() => world.close());
beforeEach(() => world.aws.proxy.clear());

async function propose(expiresInMs?: number) {
  const instance = await world.aws.launch('m5.xlarge');
  const action = await world.desk.propose(instance, 'm5.large', expiresInMs);
  await world.desk.untilPlanned(action);
  return { instance, action };
}

async function expectUntouched(instance: string) {
  expect(world.aws.proxy.mutations(instance)).toEqual([]);
  expect(await world.aws.look(instance)).toBe('m5.xlarge running');
}

describe('a proposal that is not approved touches nothing', () => {
  it.each([
    ['reject', 'rejected'],
    ['cancel', 'cancelled'],
  ] as const)('%s', async (kind, status) => {
    const { instance, action } = await propose();
    const outcome = await world.desk.decide(action, kind, { reason: 'Not now' });
    expect(outcome).toEqual({ outcome: 'accepted', status });
    const ended = await world.desk.until(action, status);
    expect(ended).toMatchObject({ decidedBy: 'anna', decisionReason: 'Not now' });
    expect(await world.desk.handle(action).result()).toBe(status);
    await expectUntouched(instance);
  });

  it('expiry', async () => {
    const { instance, action } = await propose(1_500);
    await world.desk.until(action, 'expired');
    expect(await world.desk.handle(action).result()).toBe('expired');
    expect(await world.desk.audit(action)).toEqual([
      'action.planned CostGuard',
      'action.expired CostGuard',
    ]);
    await expectUntouched(instance);
  });

  it('an operator’s cancel in the Temporal Web UI', async () => {
    const { instance, action } = await propose();
    await world.desk.handle(action).cancel();
    await world.desk.until(action, 'cancelled');
    await expectUntouched(instance);
  });
});

describe('who may approve what', () => {
  it.each([
    ['the proposer, even as an admin', 'proposer', 'proposer_cannot_decide'],
    ['an operator', 'operator', 'forbidden'],
    ['a viewer', 'viewer', 'forbidden'],
  ] as const)('%s cannot, and the action waits on', async (_, who, code) => {
    const { instance, action } = await propose();
    const { desk } = world;
    const outcome = await desk.decide(action, 'approve', { by: desk.people[who] });
    expect(outcome).toMatchObject({ outcome: 'refused', status: 'proposed', code });
    expect((await desk.events(action)).at(-1)).toMatch(/^refused proposed: Refused to approve/);
    expect(await desk.audit(action)).toEqual([
      'action.planned CostGuard',
      `action.decision_refused ${desk.people[who].name}`,
    ]);
    await expectUntouched(instance);
    expect(await desk.decide(action, 'reject')).toMatchObject({ outcome: 'accepted' });
  });

  it('somebody whose account was disabled meanwhile cannot', async () => {
    const { action } = await propose();
    const { desk } = world;
    const { id } = desk.people.admin;
    await desk.db.updateTable('users').set({ enabled: false }).where('id', '=', id).execute();
    const outcome = await desk.decide(action, 'approve', { by: desk.people.admin });
    await desk.db.updateTable('users').set({ enabled: true }).where('id', '=', id).execute();
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'forbidden' });
    await desk.decide(action, 'cancel');
  });

  it('another plan than the one that was shown is refused', async () => {
    const { instance, action } = await propose();
    const outcome = await world.desk.decide(action, 'approve', { planHash: 'a'.repeat(64) });
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'action_plan_changed' });
    await expectUntouched(instance);
    await world.desk.decide(action, 'cancel');
  });

  it('a plan that was altered in the database is refused', async () => {
    const { instance, action } = await propose();
    const { desk } = world;
    const { plan } = await desk.untilPlanned(action);
    const after = { instanceType: 'm5.24xlarge', state: 'running' };
    await desk.db
      .updateTable('actions')
      .set({ plan: JSON.stringify({ ...plan, after }) })
      .where('id', '=', action)
      .execute();
    const outcome = await desk.decide(action, 'approve');
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'action_plan_changed' });
    await expectUntouched(instance);
    await desk.decide(action, 'cancel');
  });

  it('a connection that became read-only is refused', async () => {
    const { instance, action } = await propose();
    const { desk } = world;
    const setMode = (mode: string) =>
      desk.db
        .updateTable('connections')
        .set({ mode })
        .where('id', '=', desk.connectionId)
        .execute();
    await setMode('read_only');
    const outcome = await desk.decide(action, 'approve');
    await setMode('actions');
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'connection_read_only' });
    await expectUntouched(instance);
    await desk.decide(action, 'cancel');
  });
});

describe('decisions that meet', () => {
  it('the same signal sent twice is one decision', async () => {
    const { instance, action } = await propose();
    const { desk } = world;
    const decisionId = randomUUID();
    await Promise.all([
      desk.send(action, 'approve', { decisionId }),
      desk.send(action, 'approve', { decisionId }),
    ]);
    await desk.until(action, 'succeeded');
    expect(await desk.outcomeOf(action, decisionId)).toMatchObject({ outcome: 'accepted' });
    expect((await desk.events(action)).filter((e) => e.startsWith('refused'))).toEqual([]);
    expect(world.aws.proxy.mutations(instance)).toHaveLength(3);
  });

  it('a second approval is refused and changes nothing', async () => {
    const { instance, action } = await propose();
    const { desk } = world;
    const outcomes = await Promise.all([
      desk.decide(action, 'approve'),
      desk.decide(action, 'approve', { by: desk.people.admin }),
    ]);
    expect(outcomes.map((o) => o.outcome).sort()).toEqual(['accepted', 'refused']);
    await desk.until(action, 'succeeded');
    expect(world.aws.proxy.mutations(instance)).toHaveLength(3);
  });

  it('approve and reject at once: one wins, the other is refused, and the instance agrees', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { instance, action } = await propose();
      const { desk } = world;
      const kinds =
        round % 2 === 0 ? (['approve', 'reject'] as const) : (['reject', 'approve'] as const);
      const ids = await Promise.all(kinds.map((kind) => desk.send(action, kind)));
      const ended = await desk.until(action, 'succeeded', 'rejected');
      await desk.untilEvent(action, /^refused/);
      const refused = (await desk.events(action)).filter((e) => e.startsWith('refused'));
      expect(refused).toHaveLength(1);
      if (ended.status === 'rejected') await expectUntouched(instance);
      else {
        expect(world.aws.proxy.mutations(instance)).toHaveLength(3);
        const outcomes = await Promise.all(ids.map((id) => desk.outcomeOf(action, id)));
        expect(outcomes.map((o) => o.outcome).sort()).toEqual(['accepted', 'refused']);
      }
    }
  });

  it('an approval around the moment of expiry: exactly one of both happens', async () => {
    const { desk } = world;
    const seen = await Promise.all(
      [-60, -20, 0, 20, 60, 120, 250, 500].map(async (offsetMs) => {
        const { instance, action } = await propose(2_500);
        const { planHash, expiresAt } = await desk.untilPlanned(action);
        const waitMs = Date.parse(expiresAt) + offsetMs - Date.now();
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        await desk.send(action, 'approve', { planHash: planHash ?? '' }).catch(() => undefined);
        const { status } = await desk.until(action, 'succeeded', 'expired');
        if (status === 'expired') await expectUntouched(instance);
        else expect(world.aws.proxy.mutations(instance)).toHaveLength(3);
        const statuses = (await desk.events(action)).filter((e) => /approved|expired/.test(e));
        expect(statuses).toHaveLength(1);
        return `${offsetMs} ms: ${status}`;
      }),
    );
    console.log(`Approvals around expiry: ${seen.join(', ')}`);
  });

  it('an approval that reached Temporal while no worker was there wins over the expiry of that time', async () => {
    const { instance, action } = await propose(10_000);
    const { desk } = world;
    const { planHash, expiresAt } = await desk.untilPlanned(action);
    // The plan is stored before the workflow hears of it: a worker stopped in between never sets the timer.
    await desk.untilTimer(action, 'Started');
    await world.stopWorker();
    try {
      await desk.send(action, 'approve', { planHash: planHash ?? '' });
      await desk.untilTimer(action, 'Fired');
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    } finally {
      await world.startWorker();
    }
    await desk.until(action, 'succeeded');
    expect(await world.aws.look(instance)).toBe('m5.large running');
  });

  it('cancelling works until the instance is touched', async () => {
    const { instance, action } = await propose();
    const { desk, aws } = world;
    const caught = aws.proxy.on('DryRun:StopInstances', { hold: 'before' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    const decisionId = await desk.send(action, 'cancel', { reason: 'Second thoughts' });
    aws.proxy.clear();
    expect(await desk.outcomeOf(action, decisionId)).toEqual({
      outcome: 'accepted',
      status: 'cancelled',
    });
    await desk.until(action, 'cancelled');
    await expectUntouched(instance);
  });

  it('rejecting, cancelling and rolling back are refused while the instance is being changed', async () => {
    const { instance, action } = await propose();
    const { desk, aws } = world;
    const caught = aws.proxy.on('StopInstances', { hold: 'before' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    for (const kind of ['reject', 'cancel', 'rollback', 'retryRollback', 'approve'] as const) {
      expect(await desk.decide(action, kind)).toMatchObject({
        outcome: 'refused',
        status: 'executing',
        code: 'action_wrong_state',
      });
    }
    aws.proxy.clear();
    await desk.until(action, 'succeeded');
    expect((await desk.events(action)).filter((e) => e.startsWith('refused'))).toHaveLength(5);
    expect(await aws.look(instance)).toBe('m5.large running');
  });

  it('a signal that is no decision is ignored', async () => {
    const { instance, action } = await propose();
    const { desk } = world;
    await desk.handle(action).signal('approve', 'yes');
    await desk.handle(action).signal('approve');
    await desk.handle(action).signal('approve', { decisionId: 7 });
    const decision = {
      decisionId: randomUUID(),
      decidedById: desk.people.approver.id,
      decidedByName: 'anna',
    };
    await desk.handle(action).signal('reject', { ...decision, decidedById: 'anna' });
    await desk.handle(action).signal('reject', { ...decision, reason: 'no\u0000' });
    expect(await desk.decide(action, 'reject')).toMatchObject({ outcome: 'accepted' });
    await expectUntouched(instance);
  });
});
