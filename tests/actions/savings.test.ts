import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../../core/time/day.ts';
import { findSaving } from '../../db/queries/savings/findSaving.ts';
import { poll } from './actionDesk.ts';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';
import { bill, clearBill, TODAY } from './bill.ts';

const ACCOUNT = '123456789012';
const HISTORY_DAYS = 120;

let world: ActionWorld;
beforeAll(async () => {
  // Each "day" of measuring is a fifth of a second; nothing else waits for it.
  world = await openActionWorld({
    rollbackWindowMs: 1_500,
    measureEveryMs: 200,
    cachedWorkflowsMax: 0,
  });
});
afterAll(() => world.close());
beforeEach(() => clearBill(world.desk));

const savingOf = (action: string) => findSaving(world.desk.db, action);
const untilSaving = (
  action: string,
  isWanted: (saving: Awaited<ReturnType<typeof savingOf>>) => boolean,
) => poll(() => savingOf(action), isWanted);

describe('an action is measured', () => {
  it('to the end, on the hours of both types where the provider names no resource', async () => {
    const { aws, desk } = world;
    await bill(world.desk, {
      from: addDays(TODAY, -HISTORY_DAYS),
      days: HISTORY_DAYS,
      type: 'm5.xlarge',
      cost: '4.608',
    });
    const instance = await aws.launch('m5.xlarge');
    const action = await desk.propose(instance, 'm5.large');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    const begun = await untilSaving(action, (saving) => saving?.firstDay != null);
    expect(begun).toMatchObject({
      isFinal: false,
      currency: 'USD',
      scope: {
        basis: 'usage_type',
        usageTypes: ['BoxUsage:m5.xlarge', 'BoxUsage:m5.large'],
        accountId: ACCOUNT,
        region: 'us-east-1',
      },
      baseline: { historyDays: HISTORY_DAYS - 3, method: 'seasonal', asOf: addDays(TODAY, -4) },
    });

    // Ten days, of which the newest three may still change.
    await bill(world.desk, { from: TODAY, days: 11, type: 'm5.large', cost: '2.304' });
    const half = await untilSaving(action, (saving) => saving?.days.length === 7);
    expect(half).toMatchObject({ isFinal: false, verdict: 'realised' });

    await bill(world.desk, { from: TODAY, days: 30, type: 'm5.large', cost: '2.304' });
    expect(await desk.handle(action).result()).toBe('succeeded');
    const end = await savingOf(action);
    expect(end).toMatchObject({ isFinal: true, endedBy: 'measured', verdict: 'realised' });
    expect(end?.days.map(({ date }) => date)).toEqual(
      Array.from({ length: 14 }, (_, i) => addDays(begun?.firstDay ?? '', i)),
    );
    expect(end?.result?.actual).toEqual({ amount: '32.256', currency: 'USD' });
    expect(Math.abs(Number(end?.result?.saved.amount) - 32.256)).toBeLessThan(0.5);
    // The forecast is the one of the approval, to the last digit.
    expect(end?.baseline).toEqual(begun?.baseline);
    expect(await desk.events(action)).toContain(
      'status succeeded: Measured on 14 days: it saves money',
    );
  });

  it('on its own charges where they name it', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    const from = addDays(TODAY, -60);
    await bill(world.desk, { from, days: 60, type: 'm5.xlarge', cost: '4.608', instance });
    const action = await desk.propose(instance, 'm5.large');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    const saving = await untilSaving(action, (now) => now !== undefined);
    expect(saving?.scope).toEqual({ basis: 'resource', resourceId: instance });
    await desk.end(action);
  });

  it('no longer than until it is rolled back, and its saving says so', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    await bill(world.desk, {
      from: addDays(TODAY, -60),
      days: 60,
      type: 'm5.xlarge',
      cost: '4.608',
    });
    const action = await desk.propose(instance, 'm5.large');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    await desk.decide(action, 'rollback');
    expect(await desk.handle(action).result()).toBe('rolled_back');
    expect(await savingOf(action)).toMatchObject({ isFinal: true, endedBy: 'rolled_back' });
  });

  it('not at all where nothing was charged before, and ends with its rollback window', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('c5.xlarge');
    const action = await desk.propose(instance, 'c5.large');
    await desk.decide(action, 'approve');
    expect(await desk.handle(action).result()).toBe('succeeded');
    expect(await savingOf(action)).toMatchObject({
      noBaseline: 'no_costs',
      isFinal: true,
      endedBy: 'no_baseline',
      verdict: 'cannot_tell',
    });
  });

  it('and refuses a rollback that comes after its time, while it is still being measured', async () => {
    const { aws, desk } = world;
    await bill(world.desk, {
      from: addDays(TODAY, -60),
      days: 60,
      type: 'm5.xlarge',
      cost: '4.608',
    });
    const instance = await aws.launch('m5.xlarge');
    const action = await desk.propose(instance, 'm5.large');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    // An unknown decision is answered when the desk closes.
    await desk.outcomeOf(action, randomUUID());
    const outcome = await desk.decide(action, 'rollback');
    expect(outcome).toMatchObject({ outcome: 'refused', status: 'succeeded' });
    expect(await aws.look(instance)).toBe('m5.large running');
    expect((await desk.handle(action).describe()).status.name).toBe('RUNNING');
    await desk.end(action);
  });
});
