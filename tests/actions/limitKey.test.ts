import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { type ActionDesk, openDesk } from './actionDesk.ts';
import { startActionWorker, type TestWorker } from './actionWorker.ts';
import { type LlmAdminStub, startLlmAdminStub, type StubLimit } from './llmAdminStub.ts';

let database: TestDatabase;
let temporal: Awaited<ReturnType<typeof testTemporal>>;
let stub: LlmAdminStub;
let desk: ActionDesk;
let worker: TestWorker;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = await testTemporal();
  stub = await startLlmAdminStub();
  const { address, namespace, connection } = temporal;
  const taskQueue = `actions-${randomBytes(4).toString('hex')}`;
  const at = { databaseUrl: database.url, namespace, taskQueue };
  desk = await openDesk({ ...at, temporal: connection });
  // Without a cache each workflow task replays the whole history.
  worker = await startActionWorker({ ...at, address, llmEnv: stub.env, cachedWorkflowsMax: 0 });
});
afterAll(async () => {
  await worker.stop();
  await desk.close();
  await stub.close();
  await temporal.close();
  await database.drop();
});
afterEach(() => {
  stub.clear();
  stub.changes.length = 0;
});

function addAnthropicKey(status = 'active'): string {
  const id = `apikey_${(count += 1)}`;
  stub.keys.set(id, { name: `key ${count}`, status, workspace_id: 'wrkspc_1' });
  return id;
}

function addOpenAiProject(): { project: string; key: string; limits: StubLimit[] } {
  const project = `proj_${(count += 1)}`;
  const key = `key_${count}`;
  const limits: StubLimit[] = ['gpt-6', 'gpt-6-mini', 'dall-e-9'].map((model, index) => ({
    id: `rl-${project}-${index}`,
    model,
    max_requests_per_1_minute: 500 + index,
    max_tokens_per_1_minute: 30_000,
    ...(model === 'dall-e-9' && { max_images_per_1_minute: 7 }),
  }));
  stub.projects.set(project, { keys: new Set([key]), limits });
  return { project, key, limits };
}

const statusOf = (key: string) => stub.keys.get(key)?.status;

describe('a key of Anthropic', () => {
  it('is planned, set inactive after the approval, and active again after a rollback', async () => {
    const key = addAnthropicKey();
    const action = await desk.proposeKey('anthropic', key);
    const { plan, planHash } = await desk.untilPlanned(action);
    expect(plan).toMatchObject({
      kind: 'limit_api_key',
      resource: { provider: 'anthropic', accountId: 'wrkspc_1', resourceId: key, region: '' },
      before: { state: 'active' },
      after: { state: 'inactive' },
      expectedMonthlySaving: null,
    });
    expect(planHash).toMatch(/^[0-9a-f]{64}$/);
    expect(stub.changes).toEqual([]);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(statusOf(key)).toBe('inactive');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(statusOf(key)).toBe('active');
    expect(stub.changes).toEqual([`${key} {"status":"inactive"}`, `${key} {"status":"active"}`]);
  });

  it('is not limited by who proposed it, nor by another plan than the one shown', async () => {
    const key = addAnthropicKey();
    const action = await desk.proposeKey('anthropic', key);
    const own = await desk.decide(action, 'approve', { by: desk.people.proposer });
    expect(own).toMatchObject({ outcome: 'refused', code: 'proposer_cannot_decide' });
    const other = await desk.decide(action, 'approve', { planHash: 'a'.repeat(64) });
    expect(other).toMatchObject({ outcome: 'refused', code: 'action_plan_changed' });
    await desk.decide(action, 'reject');
    expect(statusOf(key)).toBe('active');
  });

  it.each([
    ['inactive', 'key_not_limitable'],
    ['archived', 'key_not_limitable'],
    ['expired', 'key_not_limitable'],
  ])('that is %s already has no plan', async (status, code) => {
    const action = await desk.proposeKey('anthropic', addAnthropicKey(status));
    expect(await desk.until(action, 'failed')).toMatchObject({ plan: null, failure: { code } });
  });

  it('that the organisation does not have has no plan', async () => {
    const action = await desk.proposeKey('anthropic', 'apikey_of_others');
    const { failure } = await desk.until(action, 'failed');
    expect(failure?.code).toBe('resource_not_found');
  });

  it.each([
    ['set inactive', 'inactive', 'resource_changed'],
    ['deleted', undefined, 'resource_not_found'],
  ])('that was %s after the plan is left alone', async (_name, status, code) => {
    const key = addAnthropicKey();
    const action = await desk.proposeKey('anthropic', key);
    await desk.untilPlanned(action);
    if (status === undefined) stub.keys.delete(key);
    else stub.keys.set(key, { name: 'x', status, workspace_id: null });
    await desk.decide(action, 'approve');
    expect((await desk.until(action, 'failed')).failure?.code).toBe(code);
    expect(stub.changes).toEqual([]);
  });

  it('that somebody else set inactive in the last moment is not made active by a rollback', async () => {
    const key = addAnthropicKey();
    const action = await desk.proposeKey('anthropic', key);
    await desk.untilPlanned(action);
    // The check before the step still sees it active.
    const caught = stub.on(`GET /v1/organizations/api_keys/${key}`, { status: 503 }, { skip: 1 });
    await desk.send(action, 'approve');
    await caught;
    stub.keys.set(key, { name: 'x', status: 'inactive', workspace_id: null });
    await desk.until(action, 'succeeded');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(statusOf(key)).toBe('inactive');
    expect(stub.changes).toEqual([]);
  });

  it.each([
    ['asked to slow down', { status: 429, headers: { 'retry-after': '1' } }, 2],
    ['answered 500', { status: 500 }, 2],
    ['overloaded', { status: 529 }, 2],
    ['lost its reply', 'loseReply', 1],
  ] as const)('is limited once where Anthropic %s', async (_name, fault, posts) => {
    const key = addAnthropicKey();
    const action = await desk.proposeKey('anthropic', key);
    await desk.untilPlanned(action);
    void stub.on(`POST /v1/organizations/api_keys/${key}`, fault);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(stub.changes).toEqual([`${key} {"status":"inactive"}`]);
    expect(stub.requests(`POST /v1/organizations/api_keys/${key}`)).toHaveLength(posts);
  });

  it('that the admin key may not change stays as it is, and the failure names the variable', async () => {
    const key = addAnthropicKey();
    const action = await desk.proposeKey('anthropic', key);
    await desk.untilPlanned(action);
    void stub.on(`POST /v1/organizations/api_keys/${key}`, { status: 403 });
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'rolled_back');
    expect(failure).toMatchObject({ code: 'permission_missing' });
    expect(failure?.detail).toContain('ANTHROPIC_ADMIN_KEY');
    expect(statusOf(key)).toBe('active');
  });

  it('that cannot be restored waits for a person to try again', async () => {
    const key = addAnthropicKey();
    const action = await desk.proposeKey('anthropic', key);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    void stub.on(`POST /v1/organizations/api_keys/${key}`, { status: 401 });
    await desk.decide(action, 'rollback');
    const { failure } = await desk.until(action, 'rollback_failed');
    expect(failure?.code).toBe('credentials_rejected');
    await desk.decide(action, 'retryRollback');
    await desk.until(action, 'rolled_back');
    expect(statusOf(key)).toBe('active');
  });

  it('that was deleted after the limit ends the rollback, and says so', async () => {
    const key = addAnthropicKey();
    const action = await desk.proposeKey('anthropic', key);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    stub.keys.delete(key);
    await desk.decide(action, 'rollback');
    expect((await desk.until(action, 'failed')).failure?.code).toBe('resource_not_found');
  });

  it('leaves no admin key and no message of the provider in history, events or audit', async () => {
    const key = addAnthropicKey();
    const action = await desk.proposeKey('anthropic', key);
    await desk.untilPlanned(action);
    void stub.on(`POST /v1/organizations/api_keys/${key}`, { status: 500 });
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    const { text } = await desk.historyText(action, /succeeded/);
    const calls = await desk.cloudCalls(action);
    expect(calls).toContainEqual(
      expect.objectContaining({
        provider: 'anthropic',
        operation: `POST /v1/organizations/api_keys/${key}`,
        outcome: 'HTTP 500',
      }),
    );
    const audit = [...(await desk.audit(action)), JSON.stringify(calls)];
    const all = [text, ...(await desk.events(action)), ...audit].join('\n');
    for (const secret of [...Object.values(stub.env), 'message-of-the-provider']) {
      expect(all).not.toContain(secret);
    }
  });
});

describe('a key of OpenAI', () => {
  it('is limited through its project, all pages and kinds of limits, and restored to the number', async () => {
    const { project, key, limits } = addOpenAiProject();
    const before = structuredClone(limits);
    const action = await desk.proposeKey('openai', key, project);
    const { plan } = await desk.untilPlanned(action);
    expect(plan?.resource).toMatchObject({ accountId: project, resourceName: `name of ${key}` });
    expect(plan?.calls).toHaveLength(3);
    expect(plan?.risks.join(' ')).toMatch(/every key of the project.*cannot be undone/s);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(
      limits.map(({ max_requests_per_1_minute: r, max_tokens_per_1_minute: t }) => [r, t]),
    ).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(limits[2]?.['max_images_per_1_minute']).toBe(1);
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(limits).toEqual(before);
    expect(stub.requests(`DELETE`)).toEqual([]);
  });

  it('of another project has no plan', async () => {
    const { project } = addOpenAiProject();
    const action = await desk.proposeKey('openai', addOpenAiProject().key, project);
    expect((await desk.until(action, 'failed')).failure?.code).toBe('resource_not_found');
  });

  it('whose project is limited already has no plan', async () => {
    const { project, key, limits } = addOpenAiProject();
    for (const limit of limits) {
      Object.assign(limit, { max_requests_per_1_minute: 1, max_tokens_per_1_minute: 0 });
      if ('max_images_per_1_minute' in limit) limit['max_images_per_1_minute'] = 1;
    }
    const action = await desk.proposeKey('openai', key, project);
    expect((await desk.until(action, 'failed')).failure?.code).toBe('key_not_limitable');
  });

  it.each([
    ['its limits were changed', 'resource_changed'],
    ['a model was added', 'resource_changed'],
    ['the key was deleted', 'resource_not_found'],
  ])('is left alone where %s after the plan', async (what, code) => {
    const { project, key, limits } = addOpenAiProject();
    const action = await desk.proposeKey('openai', key, project);
    await desk.untilPlanned(action);
    if (code === 'resource_not_found') stub.projects.get(project)?.keys.delete(key);
    else if (what.startsWith('its')) Object.assign(limits[0] ?? {}, { max_tokens_per_1_minute: 9 });
    else limits.push({ id: 'rl-new', model: 'new', max_requests_per_1_minute: 5 });
    await desk.decide(action, 'approve');
    expect((await desk.until(action, 'failed')).failure?.code).toBe(code);
    expect(stub.changes).toEqual([]);
  });

  it('goes on with the models that are left where OpenAI failed half-way', async () => {
    const { project, key } = addOpenAiProject();
    const action = await desk.proposeKey('openai', key, project);
    await desk.untilPlanned(action);
    void stub.on(`POST /v1/organization/projects/${project}/`, { status: 503 }, { skip: 1 });
    void stub.on(`POST /v1/organization/projects/${project}/`, 'loseReply', { skip: 2 });
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(stub.changes.map((change) => change.split(' ')[0])).toEqual(
      [0, 1, 2].map((index) => `rl-${project}-${index}`),
    );
  });

  it('takes back what was lowered where a model is refused for good', async () => {
    const { project, key, limits } = addOpenAiProject();
    const before = structuredClone(limits);
    const action = await desk.proposeKey('openai', key, project);
    await desk.untilPlanned(action);
    void stub.on(`POST /v1/organization/projects/${project}/`, { status: 400 }, { skip: 1 });
    await desk.decide(action, 'approve');
    expect((await desk.until(action, 'rolled_back')).failure?.code).toBe('provider_refused');
    expect(limits).toEqual(before);
  });

  it('whose limits somebody else changed meanwhile is not restored over their work', async () => {
    const { project, key, limits } = addOpenAiProject();
    const action = await desk.proposeKey('openai', key, project);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    Object.assign(limits[1] ?? {}, { max_tokens_per_1_minute: 77 });
    await desk.decide(action, 'rollback');
    expect((await desk.until(action, 'rollback_failed')).failure?.code).toBe('resource_changed');
    expect(limits[1]?.['max_tokens_per_1_minute']).toBe(77);
    await desk.end(action);
  });
});
