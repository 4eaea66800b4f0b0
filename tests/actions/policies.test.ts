import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAdapters } from '../../activities/actions/adapters.ts';
import { createActionActivities } from '../../activities/actions/createActionActivities.ts';
import { createConnectionClients } from '../../activities/actions/credentials/createConnectionClients.ts';
import { INITIAL } from '../../core/actions/advance.ts';
import { planHash } from '../../core/actions/planHash.ts';
import { createAuditVerifier } from '../../core/audit/createAuditVerifier.ts';
import { toAuditLine } from '../../core/audit/toAuditLine.ts';
import { parseEnv } from '../../core/config/env.ts';
import { readAudit } from '../../db/queries/audit/readAudit.ts';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';
import type { ActionDesk } from './actionDesk.ts';

let world: ActionWorld;
let desk: ActionDesk;
beforeAll(async () => {
  world = await openActionWorld();
  ({ desk } = world);
});
afterAll(() => world.close());
beforeEach(() => world.aws.proxy.clear());
afterEach(() => desk.clearPolicies());

async function launch(tags: Record<string, string> = {}): Promise<string> {
  const instance = await world.aws.launch('m5.xlarge');
  if (Object.keys(tags).length > 0) await world.aws.tag(instance, tags);
  return instance;
}
async function propose(tags: Record<string, string> = {}) {
  const instance = await launch(tags);
  const action = await desk.propose(instance);
  const planned = await desk.untilPlanned(action);
  return { instance, action, planned };
}
/** Approves, and stops it at the dry run of its preflight; `go` lets it go on. */
async function holdAtPreflight(action: string, instance: string) {
  const caught = world.aws.proxy.on('DryRun:StopInstances', { hold: 'before' }, { instance });
  await desk.send(action, 'approve');
  await caught;
  return { go: () => world.aws.proxy.clear() };
}
async function expectUntouched(instance: string) {
  expect(world.aws.proxy.mutations(instance)).toEqual([]);
  expect(await world.aws.look(instance)).toBe('m5.xlarge running');
}
const failureOf = async (action: string) => (await desk.until(action, 'failed')).failure;
const approvers = async (action: string) =>
  (
    await desk.db
      .selectFrom('action_approvals')
      .select('approver_name')
      .where('action_id', '=', action)
      .orderBy('at')
      .execute()
  ).map((row) => row.approver_name);
const PROD = { tags: [{ key: 'env', value: 'prod' }] };

describe('at the proposal', () => {
  it('a protected resource is refused by the rule’s name, and gets no plan', async () => {
    await desk.addPolicy('Production', { type: 'protect', selector: PROD });
    const { instance, action } = await propose({ Env: 'prod' });
    expect(await failureOf(action)).toEqual({
      code: 'policy_refused',
      detail: 'The policy “Production” protects this resource because of its tag Env=prod.',
    });
    expect((await desk.until(action, 'failed')).plan).toBeNull();
    await expectUntouched(instance);
  });

  it('what the policies say stands in the plan, and in its hash', async () => {
    await desk.addPolicy('Code', { type: 'infrastructure_as_code', effect: 'warn' });
    await desk.addPolicy('Two', { type: 'two_approvers', selector: PROD });
    const { action, planned } = await propose({
      env: 'prod',
      'aws:stack': 'x',
      'pulumi:stack': 'web',
    });
    expect(planned.plan).toMatchObject({
      resource: { tags: { env: 'prod', 'pulumi:stack': 'web' } },
      approvalsNeeded: 2,
      policy: {
        version: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        findings: [
          { name: 'Code', effect: 'warn' },
          { name: 'Two', effect: 'approvals' },
        ],
      },
    });
    expect(planned.planHash).toBe(planHash(planned.plan!));
    expect(planHash({ ...planned.plan!, approvalsNeeded: 1 })).not.toBe(planned.planHash);
    await desk.decide(action, 'cancel');
  });

  it('a change window that does not open before the proposal expires refuses it', async () => {
    const yesterday = new Date(Date.now() - 86_400_000);
    const day = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[
      yesterday.getUTCDay()
    ]!;
    await desk.addPolicy('Nights', {
      type: 'change_window',
      timeZone: 'UTC',
      hours: [{ days: [day], from: '00:00', to: '01:00' }],
    });
    const { action } = await propose();
    expect((await failureOf(action))?.detail).toMatch(
      /^The policy “Nights” allows changes only .*; no change window opens before this expires/,
    );
  });
});

describe('two approvers', () => {
  beforeEach(() => desk.addPolicy('Two', { type: 'two_approvers' }));

  it('the first approval waits for a second by somebody else, who completes it', async () => {
    const { instance, action } = await propose();
    expect(await desk.decide(action, 'approve')).toEqual({
      outcome: 'accepted',
      status: 'proposed',
    });
    expect((await desk.events(action)).at(-1)).toBe(
      'decision proposed: Approved by anna; one more approval is needed',
    );
    expect(await desk.decide(action, 'approve')).toMatchObject({
      outcome: 'refused',
      status: 'proposed',
      code: 'already_approved',
    });
    expect(await desk.decide(action, 'approve', { by: desk.people.proposer })).toMatchObject({
      outcome: 'refused',
      code: 'proposer_cannot_decide',
    });
    await expectUntouched(instance);
    expect(await desk.decide(action, 'approve', { by: desk.people.admin })).toEqual({
      outcome: 'accepted',
      status: 'approved',
    });
    expect(await desk.until(action, 'succeeded')).toMatchObject({ decidedBy: 'ben' });
    expect(await approvers(action)).toEqual(['anna', 'ben']);
    expect(await desk.audit(action)).toEqual(
      expect.arrayContaining(['action.approval anna', 'action.approved ben']),
    );
  });

  it('both approvals at once are one each', async () => {
    const { action } = await propose();
    const outcomes = await Promise.all([
      desk.decide(action, 'approve'),
      desk.decide(action, 'approve', { by: desk.people.admin }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['approved', 'proposed']);
    await desk.until(action, 'succeeded');
  });

  it('a rejection after the first approval rejects', async () => {
    const { instance, action } = await propose();
    await desk.decide(action, 'approve');
    expect(await desk.decide(action, 'reject', { by: desk.people.admin })).toEqual({
      outcome: 'accepted',
      status: 'rejected',
    });
    await expectUntouched(instance);
  });

  it('the approval of somebody whose account was disabled since does not count', async () => {
    const { instance, action } = await propose();
    await desk.decide(action, 'approve');
    const setEnabled = (enabled: boolean) =>
      desk.db
        .updateTable('users')
        .set({ enabled })
        .where('id', '=', desk.people.approver.id)
        .execute();
    await setEnabled(false);
    const second = await desk.decide(action, 'approve', { by: desk.people.admin });
    await setEnabled(true);
    expect(second).toEqual({ outcome: 'accepted', status: 'proposed' });
    await expectUntouched(instance);
    await desk.decide(action, 'cancel');
  });
});

describe('who may approve', () => {
  it('is nobody without a user account, such as a worker that signals by itself', async () => {
    const { instance, action } = await propose();
    const by = { id: randomUUID(), name: 'costguard-action-worker' };
    expect(await desk.decide(action, 'approve', { by })).toMatchObject({
      outcome: 'refused',
      code: 'forbidden',
    });
    expect(await approvers(action)).toEqual([]);
    await expectUntouched(instance);
    await desk.decide(action, 'cancel');
  });

  it('is whom the policy names, and the refusal names the policy', async () => {
    await desk.addPolicy('Admins decide', { type: 'approvers', roles: ['admin'] });
    const { action } = await propose();
    expect(await desk.decide(action, 'approve')).toMatchObject({
      outcome: 'refused',
      code: 'forbidden',
      detail: 'Only admins may approve this, says the policy “Admins decide”.',
    });
    expect(await desk.decide(action, 'approve', { by: desk.people.admin })).toMatchObject({
      status: 'approved',
    });
    await desk.until(action, 'succeeded');
  });

  it('changes with the policies: what was shown under others is refused', async () => {
    const { instance, action } = await propose();
    await desk.addPolicy('Elsewhere', { type: 'protect', selector: { accounts: ['0'] } });
    expect(await desk.decide(action, 'approve')).toMatchObject({
      outcome: 'refused',
      code: 'action_plan_changed',
      detail: expect.stringContaining(
        'The policies have changed since this plan was made',
      ) as string,
    });
    await expectUntouched(instance);
    await desk.decide(action, 'cancel');
  });
});

describe('just before execution', () => {
  it('a freeze stops what is approved, with its reason; lifted, approvals stand again', async () => {
    const { instance, action } = await propose();
    const waiting = await propose();
    const { go } = await holdAtPreflight(action, instance);
    const id = await desk.addPolicy('Incident', {
      type: 'freeze',
      reason: 'We look into an outage.',
    });
    go();
    const detail = 'Actions are frozen by the policy “Incident”: We look into an outage.';
    expect(await failureOf(action)).toEqual({ code: 'policy_refused', detail });
    await expectUntouched(instance);
    expect(await desk.decide(waiting.action, 'approve')).toMatchObject({
      outcome: 'refused',
      code: 'policy_refused',
      detail,
    });
    await desk.db.updateTable('policies').set({ enabled: false }).where('id', '=', id).execute();
    expect(await desk.decide(waiting.action, 'approve')).toMatchObject({ status: 'approved' });
    await desk.until(waiting.action, 'succeeded');
  });

  it('a freeze after the preflight keeps the first step from beginning, and lets later ones end', async () => {
    const { instance, action } = await propose();
    await desk.addPolicy('Incident', { type: 'freeze', reason: 'Stop.' });
    const clients = createConnectionClients(parseEnv({}), undefined, { now: Date.now });
    const { stopInstance } = createActionActivities({
      db: desk.db,
      adapterFor: createAdapters(await clients.of('')),
      clock: () => new Date(),
      rollbackWindowMs: 1,
    });
    const run = (enter: { version: number }) =>
      new MockActivityEnvironment().run(stopInstance, {
        actionId: action,
        direction: 'forward' as const,
        enter: { status: 'executing' as const, summary: 'Go', refusals: [], ...enter },
      });
    await expect(run({ version: INITIAL.version + 1 })).rejects.toMatchObject({
      code: 'policy_refused',
    });
    await expectUntouched(instance);
    // Where the row says so already, an earlier attempt began: it is seen through.
    await desk.db
      .updateTable('actions')
      .set({ status: 'executing', version: 5 })
      .where('id', '=', action)
      .execute();
    await run({ version: 5 });
    expect(world.aws.proxy.mutations(instance)).toHaveLength(1);
    clients.close();
    await desk.end(action);
  });

  it('a tag that the resource got meanwhile counts', async () => {
    await desk.addPolicy('Production', { type: 'protect', selector: PROD });
    const { instance, action } = await propose();
    await world.aws.tag(instance, { env: 'prod' });
    await desk.decide(action, 'approve');
    expect((await failureOf(action))?.detail).toMatch(/^The policy “Production” protects/);
    await expectUntouched(instance);
  });

  it('a tag that asks for a second person counts too', async () => {
    await desk.addPolicy('Two in production', { type: 'two_approvers', selector: PROD });
    const { instance, action } = await propose();
    await world.aws.tag(instance, { env: 'prod' });
    expect(await desk.decide(action, 'approve')).toMatchObject({ status: 'approved' });
    const failure = await failureOf(action);
    expect(failure?.code).toBe('policy_refused');
    expect(failure?.detail).toMatch(/^This needs the approvals of 2 people .*“Two in production”/);
    await expectUntouched(instance);
  });

  it('policies that changed since the approval are told apart from a refusal', async () => {
    const { instance, action } = await propose();
    const { go } = await holdAtPreflight(action, instance);
    await desk.addPolicy('Elsewhere', { type: 'protect', selector: { accounts: ['0'] } });
    go();
    expect(await failureOf(action)).toMatchObject({ code: 'action_plan_changed' });
    await expectUntouched(instance);
  });

  it('the limit for a day stops the one that is too many', async () => {
    const selector = { tags: [{ key: 'limited' }] };
    await desk.addPolicy('One a day', { type: 'daily_limit', actions: 1, selector });
    const [first, second] = [await propose({ limited: 'a' }), await propose({ limited: 'b' })];
    await Promise.all([first, second].map(({ action }) => desk.decide(action, 'approve')));
    const ended = await Promise.all(
      [first, second].map(({ action }) => desk.until(action, 'succeeded', 'failed')),
    );
    expect(ended.map(({ status }) => status).sort()).toEqual(['failed', 'succeeded']);
    expect(ended.find(({ status }) => status === 'failed')?.failure).toMatchObject({
      code: 'policy_refused',
      detail: expect.stringMatching(
        /^The policy “One a day” allows one action a day on account \d+, and 1 began today/,
      ) as string,
    });
    const third = await propose({ limited: 'c' });
    expect(third.planned.plan?.policy?.findings).toMatchObject([{ effect: 'warn' }]);
    await desk.decide(third.action, 'cancel');
  });

  it('outside of a change window it waits, can be cancelled, and keeps its resource', async () => {
    const from = new Date(Date.now() + 3 * 60_000).toISOString().slice(11, 16);
    await desk.addPolicy('Soon', {
      type: 'change_window',
      timeZone: 'UTC',
      hours: [
        {
          days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
          from,
          to: from === '00:00' ? '00:01' : '00:00',
        },
      ],
    });
    const { instance, action, planned } = await propose();
    expect(planned.plan?.policy?.findings).toMatchObject([{ name: 'Soon', effect: 'wait' }]);
    await desk.decide(action, 'approve');
    await desk.untilEvent(
      action,
      /^status preflight: Waits for the change window that opens at 20/,
    );
    expect(await desk.decide(action, 'cancel')).toEqual({
      outcome: 'accepted',
      status: 'cancelled',
    });
    expect(await desk.handle(action).result()).toBe('cancelled');
    await expectUntouched(instance);
  });
});

describe('the audit log', () => {
  it('proves which plan was approved by whom; an exchanged plan shows', async () => {
    await desk.addPolicy('Two', { type: 'two_approvers' });
    const { action, planned } = await propose();
    await desk.decide(action, 'approve');
    await desk.decide(action, 'approve', { by: desk.people.admin });
    await desk.until(action, 'succeeded');
    const records = [];
    for await (const page of readAudit(desk.db)) records.push(...page);
    const verify = (lines: string[]) => {
      const verifier = createAuditVerifier();
      for (const line of lines) verifier.line(line);
      return verifier.end().findings;
    };
    expect(verify(records.map(toAuditLine))).toEqual([]);
    const mine = records.filter(({ subject }) => subject === `action:${action}`);
    expect(
      mine
        .filter(({ operation }) => /\.(planned|approval|approved)$/.test(operation))
        .map(({ operation, actorName, detail }) => [
          operation,
          actorName,
          detail['planHash'],
          detail['approvals'],
        ]),
    ).toEqual([
      ['action.planned', 'CostGuard', planned.planHash, undefined],
      ['action.approval', 'anna', planned.planHash, 1],
      ['action.approved', 'ben', planned.planHash, 2],
    ]);
    const tampered = records.map((record) =>
      toAuditLine(
        record.subject === `action:${action}` && record.operation === 'action.planned'
          ? {
              ...record,
              detail: {
                ...record.detail,
                plan: { ...planned.plan, after: { instanceType: 'm5.24xlarge', state: 'running' } },
              },
            }
          : record,
      ),
    );
    const kinds = verify(tampered).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'plan_mismatch')).toHaveLength(3);
    expect(kinds).toContain('changed');
  });
});
