import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ActionDesk } from './actionDesk.ts';
import { type KillableWorker, openKillableWorker } from './killableWorker.ts';
import { type LlmAdminStub, startLlmAdminStub } from './llmAdminStub.ts';

let stub: LlmAdminStub;
let worker: KillableWorker;
let desk: ActionDesk;

beforeAll(async () => {
  stub = await startLlmAdminStub();
  worker = await openKillableWorker(stub.env);
  desk = worker.desk;
  await worker.start();
});
afterAll(async () => {
  await worker.close();
  await stub.close();
});
afterEach(() => {
  stub.clear();
  stub.changes.length = 0;
});

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
      await worker.killAndRestart();
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
    await worker.killAndRestart();
    await desk.until(action, 'succeeded');
    expect(stub.changes.map((change) => change.split(' ')[0])).toEqual(['rl-1', 'rl-2', 'rl-3']);
    const back = stub.on('POST /rate_limits/rl-2', { hold: 'after' });
    await desk.send(action, 'rollback');
    await back;
    await worker.killAndRestart();
    await desk.until(action, 'rolled_back');
    expect(limits).toEqual(before);
  });
});
