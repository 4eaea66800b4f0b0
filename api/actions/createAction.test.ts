import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Action, ActionDetail } from '../../core/contracts/action.ts';
import { Anomaly } from '../../core/contracts/anomaly.ts';
import type { TestService, TestUser } from '../../tests/api/createTestIdentities.ts';
import { readAllPages } from '../../tests/api/readAllPages.ts';
import {
  actionProposal,
  addConnection,
  anomalyReport,
  putActionInState,
} from '../../tests/api/samples.ts';
import { startTestApi, type TestApi } from '../../tests/api/startTestApi.ts';

let api: TestApi;
let operator: TestUser;
let detective: TestService;
let connectionId: string;

beforeAll(async () => {
  api = await startTestApi({
    temporal: 'real',
    env: { TEMPORAL_UI_URL: 'http://temporal.example/' },
  });
  operator = await api.signIn('operator');
  detective = await api.addService(['actions:propose', 'anomalies:write']);
  connectionId = await addConnection(api.services.db);
});
afterAll(() => api.close());

const propose = (given: Record<string, unknown> = {}, as = operator.as) =>
  api.call('POST', '/api/v1/actions', { as, body: actionProposal(connectionId, given) });
const get = async (id: string) =>
  (await api.call('GET', `/api/v1/actions/${id}`, { as: operator.as })).read(ActionDetail);
const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
const endWorkflow = (id: string) =>
  api.services.temporal.workflow.getHandle(`action-${id}`).terminate('end of the test');

describe('a proposal', () => {
  test('waits for its plan and for a person, for three days, and its workflow is started', async () => {
    const reply = await propose({ reason: 'It idles' });
    expect(reply.status).toBe(201);
    const action = reply.read(Action);
    expect(action).toMatchObject({
      status: 'proposed',
      proposedBy: operator.username,
      proposedById: operator.id,
      reason: 'It idles',
      plan: null,
      planHash: null,
      decidedBy: null,
      failure: null,
      target: { instanceType: 'm5.large' },
      workflowId: `action-${action.id}`,
    });
    const left = Date.parse(action.expiresAt) - Date.now();
    expect(left / 3_600_000).toBeCloseTo(72, 1);
    expect(action.temporalUrl).toBe(
      `http://temporal.example/namespaces/${api.services.env.TEMPORAL_NAMESPACE}/workflows/action-${action.id}`,
    );
    const handle = api.services.temporal.workflow.getHandle(action.workflowId);
    const description = await handle.describe();
    expect(description).toMatchObject({
      type: 'actionApproval',
      taskQueue: 'actions',
      status: { name: 'RUNNING' },
    });
    await endWorkflow(action.id);
    expect((await get(action.id)).events).toMatchObject([
      { seq: 1, type: 'status', status: 'proposed', actor: operator.username },
    ]);
  });

  test('of a service says which one', async () => {
    const action = (await propose({}, detective.as)).read(Action);
    expect(action.proposedById).toBe(detective.id);
    await endWorkflow(action.id);
  });

  test('for a finding is shown with it', async () => {
    const anomaly = (
      await api.call('POST', '/api/v1/anomalies', {
        as: detective.as,
        body: anomalyReport(connectionId),
      })
    ).read(Anomaly);
    const action = (await propose({ anomalyId: anomaly.id })).read(Action);
    expect(action.anomalyId).toBe(anomaly.id);
    const shown = await api.call('GET', `/api/v1/anomalies/${anomaly.id}`, { as: operator.as });
    expect(shown.read(Anomaly).actionIds).toEqual([action.id]);
    await endWorkflow(action.id);
  });

  test('leaves exactly one audit entry', async () => {
    const { id } = (await propose({ reason: 'Audited' })).read(Action);
    const entries = await api.services.db
      .selectFrom('audit_log')
      .select(['operation', 'actor_id', 'detail'])
      .where('subject', '=', `action:${id}`)
      .execute();
    expect(entries).toMatchObject([
      {
        operation: 'action.propose',
        actor_id: operator.id,
        detail: { after: { connectionId, reason: 'Audited', kind: 'resize_instance' } },
      },
    ]);
    await endWorkflow(id);
  });

  test('expires when it asks to, within thirty days', async () => {
    const expiresAt = hours(29 * 24);
    const action = (await propose({ expiresAt })).read(Action);
    expect(action.expiresAt).toBe(expiresAt);
    await endWorkflow(action.id);
  });

  test.each([
    ['in the past', hours(-1)],
    ['after more than thirty days', hours(30 * 24 + 1)],
    ['at no time', 'tomorrow'],
    ['at a local time', '2026-11-20T07:00:00+01:00'],
  ])('that expires %s is refused by name', async (_name, expiresAt) => {
    expect((await propose({ expiresAt })).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers: ['/expiresAt'],
    });
  });

  test.each([
    [{ kind: 'delete_instance' }, ['/kind']],
    [{ connectionId: '1' }, ['/connectionId']],
    [{ resourceId: 'i-1; reboot' }, ['/resourceId']],
    [{ resourceId: 'I-0123456789ABCDEF0' }, ['/resourceId']],
    [{ region: 'the moon' }, ['/region']],
    [{ target: { instanceType: 'm5.' } }, ['/target/instanceType']],
    [{ target: { instanceType: 'm5.large', count: 2 } }, ['/target/count']],
    [{ target: 'm5.large', reason: '' }, ['/reason', '/target']],
    [{ status: 'approved', proposedById: randomUUID() }, ['/proposedById', '/status']],
  ])('with %j is refused by name', async (given, pointers) => {
    expect((await propose(given)).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });

  test('on a connection that only reads is 409, and nothing is stored', async () => {
    const readOnly = await addConnection(api.services.db, { mode: 'read_only' });
    const reply = await propose({ connectionId: readOnly });
    expect(reply.refusal()).toMatchObject({ status: 409, code: 'connection_read_only' });
    expect(
      await readAllPages(api, operator.as, `/api/v1/actions?connectionId=${readOnly}`),
    ).toEqual([]);
  });

  test.each([
    ['to a provider without machines', 'openai', {}, '/connectionId'],
    ['to another cloud than the resource’s', 'gcp', {}, '/resourceId'],
    [
      'with a type of another cloud',
      'aws',
      { target: { instanceType: 'large' } },
      '/target/instanceType',
    ],
  ] as const)('on a connection %s is 422', async (_, provider, given, pointer) => {
    const connectionId = await addConnection(api.services.db, { provider });
    expect((await propose({ connectionId, ...given })).refusal()).toEqual({
      status: 422,
      code: 'unsupported',
      pointers: [pointer],
    });
  });

  test('on a machine of Azure is one with another on the same machine in another case', async () => {
    const connectionId = await addConnection(api.services.db, { provider: 'azure' });
    const resourceId = `/subscriptions/${randomUUID()}/resourceGroups/Shop/providers/Microsoft.Compute/virtualMachines/Web1`;
    const about = {
      connectionId,
      region: 'westeurope',
      target: { instanceType: 'Standard_D2s_v5' },
    };
    const first = (await propose({ ...about, resourceId })).read(Action);
    expect(first.resourceId).toBe(resourceId.toLowerCase());
    const again = await propose({ ...about, resourceId: resourceId.replace('Shop', 'SHOP') });
    expect(again.refusal()).toMatchObject({ status: 409, code: 'action_open_for_resource' });
    await endWorkflow(first.id);
  });

  test('for a connection or a finding that does not exist is 404 and names the field', async () => {
    expect((await propose({ connectionId: randomUUID() })).refusal()).toEqual({
      status: 404,
      code: 'connection_not_found',
      pointers: ['/connectionId'],
    });
    expect((await propose({ anomalyId: randomUUID() })).refusal()).toEqual({
      status: 404,
      code: 'anomaly_not_found',
      pointers: ['/anomalyId'],
    });
  });
});

describe('a proposal to limit an API key', () => {
  const proposeKey = (given: Record<string, unknown>) =>
    api.call('POST', '/api/v1/actions', {
      as: operator.as,
      body: { kind: 'limit_api_key', resourceId: 'key_1', ...given },
    });

  test.each([
    ['openai', 'proj_1'],
    ['anthropic', null],
  ] as const)('on a connection to %s is taken', async (provider, projectId) => {
    const connection = await addConnection(api.services.db, { provider });
    const reply = await proposeKey({
      connectionId: connection,
      ...(projectId !== null && { projectId }),
    });
    const action = reply.read(Action);
    expect(action).toMatchObject({
      kind: 'limit_api_key',
      provider,
      resourceId: 'key_1',
      region: '',
      target: { projectId },
    });
    const { staticSummary } = await api.services.temporal.workflow
      .getHandle(action.workflowId)
      .describe()
      .then((description) => ({ staticSummary: description.staticSummary() }));
    expect(await staticSummary).toBe('Limit the API key key_1');
    await endWorkflow(action.id);
  });

  test('of OpenAI needs the project', async () => {
    const openai = await addConnection(api.services.db, { provider: 'openai' });
    expect((await proposeKey({ connectionId: openai })).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers: ['/projectId'],
    });
  });

  test('on another provider is 422', async () => {
    expect((await proposeKey({ connectionId })).refusal()).toEqual({
      status: 422,
      code: 'unsupported',
      pointers: ['/connectionId'],
    });
  });

  test.each([
    [{ resourceId: 'sk-ant-api03-secret' }, ['/resourceId']],
    [{ resourceId: '../keys' }, ['/resourceId']],
    [{ projectId: 'a/b' }, ['/projectId']],
    [{ region: 'us-east-1', target: { instanceType: 'm5.large' } }, ['/region', '/target']],
  ])('with %j is refused by name', async (given, pointers) => {
    expect((await proposeKey({ connectionId, ...given })).refusal()).toEqual({
      status: 400,
      code: 'invalid_request',
      pointers,
    });
  });
});

describe('a second action on the same instance', () => {
  const body = () => actionProposal(connectionId);
  const send = (given: Record<string, unknown>) =>
    api.call('POST', '/api/v1/actions', { as: operator.as, body: given });

  test.each([
    'proposed',
    'approved',
    'preflight',
    'executing',
    'verifying',
    'rolling_back',
    'rollback_failed',
  ] as const)('is 409 while the first is %s', async (status) => {
    const proposal = body();
    const { id } = (await send(proposal)).read(Action);
    await putActionInState(api.services.db, id, { status });
    expect((await send(proposal)).refusal()).toMatchObject({
      status: 409,
      code: 'action_open_for_resource',
    });
    await endWorkflow(id);
  });

  test.each(['rejected', 'cancelled', 'expired', 'failed', 'succeeded', 'rolled_back'] as const)(
    'is taken once the first is %s',
    async (status) => {
      const proposal = body();
      const { id } = (await send(proposal)).read(Action);
      await putActionInState(api.services.db, id, { status });
      const second = await send(proposal);
      expect(second.status).toBe(201);
      await endWorkflow(id);
      await endWorkflow(second.read(Action).id);
    },
  );

  test('is refused to all but one of many who propose at once', async () => {
    const proposal = body();
    const replies = await Promise.all(Array.from({ length: 6 }, () => send(proposal)));
    expect(replies.map((reply) => reply.status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    await endWorkflow(replies.find((reply) => reply.status === 201)!.read(Action).id);
  });

  test('in another region or connection is another instance', async () => {
    const proposal = body();
    const other = await addConnection(api.services.db);
    const replies = [
      await send(proposal),
      await send({ ...proposal, region: 'eu-west-1' }),
      await send({ ...proposal, connectionId: other }),
    ];
    for (const reply of replies) {
      expect(reply.status).toBe(201);
      await endWorkflow(reply.read(Action).id);
    }
  });
});

test('while Temporal is away a proposal is stored all the same', async () => {
  const away = await startTestApi();
  const { as } = await away.signIn('operator');
  const connection = await addConnection(away.services.db);
  const reply = await away.call('POST', '/api/v1/actions', {
    as,
    body: actionProposal(connection),
  });
  expect(reply.status).toBe(201);
  expect(reply.read(Action).status).toBe('proposed');
  await away.close();
});

describe('the list of actions', () => {
  test('is newest first, and its pages put together are all of it, whatever is added between', async () => {
    const own = await addConnection(api.services.db);
    const add = async () => {
      const reply = await propose({ connectionId: own });
      await endWorkflow(reply.read(Action).id);
    };
    for (let i = 0; i < 5; i += 1) await add();
    const path = `/api/v1/actions?connectionId=${own}`;
    const whole = await readAllPages(api, operator.as, `${path}&limit=200`);
    expect(whole).toHaveLength(5);
    expect(await readAllPages(api, operator.as, `${path}&limit=2`, add)).toEqual(whole);
    const proposed = await readAllPages(api, operator.as, `${path}&status=proposed`);
    expect(proposed).toHaveLength(7);
    expect(await readAllPages(api, operator.as, `${path}&status=approved`)).toEqual([]);
  });

  test.each([
    ['status=open', ['status']],
    ['anomalyId=1&connectionId=2', ['anomalyId', 'connectionId']],
    ['cursor=nonsense', ['cursor']],
  ])('refuses %s by name', async (query, pointers) => {
    const reply = await api.call('GET', `/api/v1/actions?${query}`, { as: operator.as });
    expect(reply.refusal()).toEqual({ status: 400, code: 'invalid_request', pointers });
  });
});
