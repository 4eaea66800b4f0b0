import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Action, DecisionReply, type ActionStatus } from '../../core/contracts/action.ts';
import type { TestUser } from '../../tests/api/createTestIdentities.ts';
import {
  actionProposal,
  addConnection,
  PLAN_HASH,
  putActionInState,
} from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';
import { TEST_CODEC } from '../../tests/servers/testPayloads.ts';

let api: TestApi;
let operator: TestUser;
let approver: TestUser;
let connectionId: string;

// No worker runs here: what is sent stays with Temporal, and the answer is "pending".
beforeAll(async () => {
  api = await startTestApi({ temporal: 'real' });
  operator = await api.signIn('operator');
  approver = await api.signIn('approver');
  connectionId = await addConnection(api.services.db);
  return async () => {
    const actions = await api.services.db.selectFrom('actions').select('id').execute();
    for (const { id } of actions)
      await workflow(id)
        .terminate()
        .catch(() => undefined);
    await api.close();
  };
});
afterAll(() => undefined);

const workflow = (id: string) => api.services.temporal.workflow.getHandle(`action-${id}`);
async function propose(
  state: Parameters<typeof putActionInState>[2] = {},
  as = operator.as,
): Promise<string> {
  const body = actionProposal(connectionId);
  const { id } = (await api.call('POST', '/api/v1/actions', { as, body })).read(Action);
  await putActionInState(api.services.db, id, state);
  return id;
}
const decide = (id: string, kind: string, body: unknown = {}, as = approver.as) =>
  api.call('POST', `/api/v1/actions/${id}/${kind}`, { as, body });
const signals = async (id: string) => {
  const { events } = await workflow(id).fetchHistory();
  const sent = (events ?? []).flatMap((event) => {
    const signal = event.workflowExecutionSignaledEventAttributes;
    const payload = signal?.input?.payloads?.[0];
    return signal == null || payload == null ? [] : [{ name: signal.signalName, payload }];
  });
  const plain = await TEST_CODEC.decode(sent.map(({ payload }) => payload));
  return plain.map((payload, i) => ({
    name: sent[i]?.name,
    ...(JSON.parse(Buffer.from(payload.data ?? []).toString()) as Record<string, unknown>),
  }));
};
const decisionsInAudit = async (id: string) =>
  (
    await api.services.db
      .selectFrom('audit_log')
      .select('operation')
      .where('subject', '=', `action:${id}`)
      .where('operation', '!=', 'action.propose')
      .execute()
  ).map((entry) => entry.operation);

describe('an approval is refused, and nothing is sent,', () => {
  const expectRefusal = async (
    id: string,
    reply: ReturnType<typeof decide>,
    status: number,
    code: string,
  ) => {
    expect((await reply).refusal()).toMatchObject({ status, code });
    expect(await signals(id)).toEqual([]);
    expect(await decisionsInAudit(id)).toEqual([]);
  };

  test('to whoever proposed the action', async () => {
    const id = await propose({}, approver.as);
    const reply = decide(id, 'approve', { planHash: PLAN_HASH });
    await expectRefusal(id, reply, 403, 'proposer_cannot_decide');
  });

  test('even to an admin who proposed it', async () => {
    const admin = await api.signIn('admin');
    const id = await propose({}, admin.as);
    const reply = decide(id, 'approve', { planHash: PLAN_HASH }, admin.as);
    await expectRefusal(id, reply, 403, 'proposer_cannot_decide');
  });

  test('with the hash of another plan', async () => {
    const id = await propose();
    const reply = decide(id, 'approve', { planHash: '0'.repeat(64) });
    await expectRefusal(id, reply, 409, 'action_plan_changed');
  });

  test('while there is no plan yet', async () => {
    const id = await propose({ plan: null });
    const reply = decide(id, 'approve', { planHash: PLAN_HASH });
    await expectRefusal(id, reply, 409, 'action_wrong_state');
  });

  test('after the proposal expired', async () => {
    const id = await propose({ expiresAt: new Date(Date.now() - 1_000) });
    const reply = decide(id, 'approve', { planHash: PLAN_HASH });
    await expectRefusal(id, reply, 409, 'action_wrong_state');
  });

  test.each(['viewer', 'operator'] as const)('to a %s', async (role) => {
    const id = await propose();
    const { as } = await api.signIn(role);
    await expectRefusal(id, decide(id, 'approve', { planHash: PLAN_HASH }, as), 403, 'forbidden');
  });

  test.each([
    [{}, ['/planHash']],
    [{ planHash: 'abc' }, ['/planHash']],
    [{ planHash: PLAN_HASH.toUpperCase() }, ['/planHash']],
    [{ planHash: PLAN_HASH, reason: '' }, ['/reason']],
    [{ planHash: PLAN_HASH, decidedById: 'me' }, ['/decidedById']],
  ])('with %j, by name', async (body, pointers) => {
    const id = await propose();
    expect((await decide(id, 'approve', body)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });
});

describe('each state takes only its own decisions', () => {
  const taken: Record<string, readonly ActionStatus[]> = {
    approve: ['proposed'],
    reject: ['proposed'],
    cancel: ['proposed', 'approved', 'preflight'],
    rollback: ['succeeded', 'rollback_failed'],
  };
  const states: ActionStatus[] = [
    'proposed',
    'approved',
    'rejected',
    'cancelled',
    'expired',
    'preflight',
    'executing',
    'verifying',
    'succeeded',
    'failed',
    'rolling_back',
    'rolled_back',
    'rollback_failed',
  ];
  const refused = Object.entries(taken).flatMap(([kind, open]) =>
    states.filter((status) => !open.includes(status)).map((status) => [kind, status] as const),
  );

  test.each(refused)('%s while %s is 409', async (kind, status) => {
    const id = await propose({ status, rollbackUntil: new Date(Date.now() + 3_600_000) });
    const body = kind === 'approve' ? { planHash: PLAN_HASH } : {};
    expect((await decide(id, kind, body)).refusal()).toMatchObject({
      status: 409,
      code: 'action_wrong_state',
    });
    expect(await signals(id)).toEqual([]);
    // Two open actions on one resource are told apart by their state: leave none behind.
    await putActionInState(api.services.db, id, { status: 'cancelled' });
  });

  test('a rollback is refused once its time is over', async () => {
    const id = await propose({ status: 'succeeded', rollbackUntil: new Date(Date.now() - 1_000) });
    expect((await decide(id, 'rollback')).refusal()).toMatchObject({
      status: 409,
      code: 'action_wrong_state',
    });
  });
});

test('an action whose workflow does not run is 503, and nothing is written down', async () => {
  const id = await propose();
  await workflow(id).terminate();
  const reply = await decide(id, 'reject');
  expect(reply.refusal()).toMatchObject({ status: 503, code: 'workflow_unavailable' });
  expect(await decisionsInAudit(id)).toEqual([]);
});

// Each waits eight seconds for an answer that does not come: they wait together.
describe.concurrent('a decision that no worker answers yet is not lost:', () => {
  test('an approval is a signal with who, the hash and the reason, and one audit entry', async () => {
    const id = await propose();
    const reply = await decide(id, 'approve', { planHash: PLAN_HASH, reason: 'Do it' });
    expect(reply.status).toBe(202);
    expect(reply.read(DecisionReply)).toEqual({
      actionId: id,
      decision: 'approve',
      outcome: 'pending',
      status: 'proposed',
    });
    expect(await signals(id)).toMatchObject([
      {
        name: 'approve',
        decidedById: approver.id,
        decidedByName: approver.username,
        planHash: PLAN_HASH,
        reason: 'Do it',
      },
    ]);
    expect(await decisionsInAudit(id)).toEqual(['action.approve']);
  });

  test.each([
    ['reject', 'proposed', 'reject'],
    ['cancel', 'approved', 'cancel'],
    ['rollback', 'succeeded', 'rollback'],
    ['rollback', 'rollback_failed', 'retryRollback'],
  ] as const)('%s while %s is sent as the signal of its own', async (kind, status, signal) => {
    const id = await propose({ status, rollbackUntil: new Date(Date.now() + 3_600_000) });
    const reply = await decide(id, kind, { reason: 'Because' });
    expect(reply.read(DecisionReply)).toMatchObject({ decision: signal, outcome: 'pending' });
    expect(await signals(id)).toMatchObject([{ name: signal, reason: 'Because' }]);
    expect(await decisionsInAudit(id)).toEqual([`action.${signal}`]);
  });

  test('the proposer may withdraw what was proposed', async () => {
    const id = await propose({}, approver.as);
    expect((await decide(id, 'cancel')).status).toBe(202);
  });

  test('while Temporal is away a decision is 503, and nothing is written down', async () => {
    const away = await startTestApi();
    const { as } = await away.signIn('approver');
    const proposer = await away.signIn('operator');
    const connection = await addConnection(away.services.db);
    const { id } = (
      await away.call('POST', '/api/v1/actions', {
        as: proposer.as,
        body: actionProposal(connection),
      })
    ).read(Action);
    const reply = await away.call('POST', `/api/v1/actions/${id}/reject`, { as, body: {} });
    expect(reply.refusal()).toMatchObject({ status: 503, code: 'workflow_unavailable' });
    const entries = await away.services.db
      .selectFrom('audit_log')
      .select('seq')
      .where('operation', '=', 'action.reject')
      .execute();
    expect(entries).toEqual([]);
    await away.close();
  });
});
