import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, Worker, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { workflowFiles } from '../../workers/createWorker.ts';
import { historyFromJson, historyToJson } from '../servers/historyJson.ts';
import type { ActionDesk } from './actionDesk.ts';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';
import type { AwsAccount } from './awsAccount.ts';

const FOLDER = join(projectRoot, 'tests', 'histories');
const isRecording = process.env['RECORD_HISTORIES'] === '1';

type Scene = (at: {
  aws: AwsAccount;
  desk: ActionDesk;
  instance: string;
  action: string;
}) => Promise<unknown>;

/** One way through the workflow for each of its ends. */
const SCENES: Record<string, Scene> = {
  approved: async ({ desk, action }) => {
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
  },
  rejected: ({ desk, action }) => desk.decide(action, 'reject'),
  cancelled: ({ desk, action }) => desk.decide(action, 'cancel'),
  expired: ({ desk, action }) => desk.until(action, 'expired'),
  'refused-then-rejected': async ({ desk, action }) => {
    await desk.decide(action, 'approve', { by: desk.people.proposer });
    await desk.decide(action, 'approve', { planHash: 'a'.repeat(64) });
    await desk.decide(action, 'reject');
  },
  'failed-preflight': async ({ aws, desk, instance, action }) => {
    await aws.changeType(instance, 'm5.4xlarge');
    await desk.decide(action, 'approve');
    await desk.until(action, 'failed');
  },
  'rolled-back': async ({ aws, desk, instance, action }) => {
    const error = { error: 'InsufficientInstanceCapacity', status: 500 };
    void aws.proxy.on('StartInstances', error, { instance });
    await desk.decide(action, 'approve');
    await desk.until(action, 'rolled_back');
  },
  'rollback-requested': async ({ desk, action }) => {
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
  },
  'rollback-failed-and-retried': async ({ aws, desk, instance, action }) => {
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    void aws.proxy.on('ModifyInstanceAttribute', { error: 'UnauthorizedOperation' }, { instance });
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rollback_failed');
    await desk.decide(action, 'retryRollback');
    await desk.until(action, 'rolled_back');
  },
  'operator-cancelled': async ({ desk, action }) => {
    await desk.handle(action).cancel();
    await desk.until(action, 'cancelled');
  },
};

let world: ActionWorld;
let workflowBundle: WorkflowBundle;
beforeAll(async () => {
  workflowBundle = await bundleWorkflowCode({ workflowsPath: workflowFiles('actions').module });
  world = await openActionWorld({ rollbackWindowMs: 5_000 });
});
afterAll(() => world.close());

async function play(name: string, scene: Scene): Promise<string> {
  const { aws, desk } = world;
  const instance = await aws.launch('m5.xlarge');
  const action = await desk.propose(instance, 'm5.large', name === 'expired' ? 2_000 : 600_000);
  await desk.untilPlanned(action);
  await scene({ aws, desk, instance, action });
  await desk
    .handle(action)
    .result()
    .catch(() => undefined);
  return historyToJson(await desk.handle(action).fetchHistory());
}

async function replay(name: string, json: string): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle }, historyFromJson(json), name);
}

describe('every end of an action', () => {
  it.each(Object.entries(SCENES))('%s: a new history replays', async (name, scene) => {
    const json = await play(name, scene);
    if (isRecording) writeFileSync(join(FOLDER, `${name}.json`), json);
    await replay(name, json);
  });
});

describe('recorded histories', () => {
  it('there is one for each end', () => {
    const recorded = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
    expect(recorded.sort()).toEqual(
      Object.keys(SCENES)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  it.each(Object.keys(SCENES))('%s: replays with today’s workflow', async (name) => {
    const file = join(FOLDER, `${name}.json`);
    expect(existsSync(file)).toBe(true);
    const results = Worker.runReplayHistories({ workflowBundle }, [
      {
        workflowId: name,
        history: historyFromJson(readFileSync(file, 'utf8')),
      },
    ]);
    for await (const result of results) expect(result.error).toBeUndefined();
  });

  it('a workflow that would do something else is noticed', async () => {
    const json = readFileSync(join(FOLDER, 'approved.json'), 'utf8');
    const other = json.replaceAll('"waitUntilStopped"', '"sleepUntilStopped"');
    await expect(replay('approved', other)).rejects.toThrow(DeterminismViolationError);
  });
});
