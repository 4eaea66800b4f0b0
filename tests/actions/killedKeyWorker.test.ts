import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ACTIONS_TASK_QUEUE } from '../../workflows/messages.ts';
import { createTestDatabase, type TestDatabase } from '../servers/createTestDatabase.ts';
import { type ActionDesk, openDesk } from './actionDesk.ts';
import { type LlmAdminStub, startLlmAdminStub } from './llmAdminStub.ts';
import { type OwnTemporal, openOwnTemporal } from './ownTemporal.ts';
import { compileProgram, startWorkerProcess, type WorkerProcess } from './workerProcess.ts';

let database: TestDatabase;
let temporal: OwnTemporal;
let stub: LlmAdminStub;
let desk: ActionDesk;
let env: Record<string, string>;
let worker: WorkerProcess;

beforeAll(async () => {
  await compileProgram();
  database = await createTestDatabase();
  temporal = await openOwnTemporal();
  stub = await startLlmAdminStub();
  const { namespace, connection, address } = temporal;
  const at = { databaseUrl: database.url, namespace, taskQueue: ACTIONS_TASK_QUEUE };
  desk = await openDesk({ ...at, temporal: connection });
  env = {
    ...stub.env,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
  worker = await startWorkerProcess(env);
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

async function killAndRestart() {
  await worker.kill();
  worker = await startWorkerProcess(env);
}

describe('a worker killed with SIGKILL', () => {
  it.each(['before', 'after'] as const)(
    '%s a key of Anthropic is set inactive still limits it, once, and can take it back',
    async (hold) => {
      const key = `apikey_${hold}`;
      stub.keys.set(key, { name: 'leaked', status: 'active', workspace_id: null });
      const action = await desk.proposeKey('anthropic', key);
      await desk.untilPlanned(action);
      const caught = stub.on(`POST /v1/organizations/api_keys/${key}`, { hold });
      await desk.send(action, 'approve');
      await caught;
      await killAndRestart();
      await desk.until(action, 'succeeded');
      expect(stub.changes).toEqual([`${key} {"status":"inactive"}`]);
      await desk.decide(action, 'rollback');
      await desk.until(action, 'rolled_back');
      expect(stub.keys.get(key)?.status).toBe('active');
    },
  );

  it('between two models of an OpenAI project lowers each once, and restores all in a rollback', async () => {
    const project = 'proj_killed';
    const limits = [1, 2, 3].map((index) => ({
      id: `rl-${index}`,
      model: `model-${index}`,
      max_requests_per_1_minute: 100 * index,
      max_tokens_per_1_minute: 1_000 * index,
    }));
    const before = structuredClone(limits);
    stub.projects.set(project, { keys: new Set(['key_1']), limits });
    const action = await desk.proposeKey('openai', 'key_1', project);
    await desk.untilPlanned(action);
    const forth = stub.on('POST /rate_limits/rl-2', { hold: 'before' });
    await desk.send(action, 'approve');
    await forth;
    await killAndRestart();
    await desk.until(action, 'succeeded');
    expect(stub.changes.map((change) => change.split(' ')[0])).toEqual(['rl-1', 'rl-2', 'rl-3']);
    const back = stub.on('POST /rate_limits/rl-2', { hold: 'after' });
    await desk.send(action, 'rollback');
    await back;
    await killAndRestart();
    await desk.until(action, 'rolled_back');
    expect(limits).toEqual(before);
  });
});
