import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { TRANSITIONS } from '../../core/actions/transitions.ts';
import { ActionStatus } from '../../core/contracts/action.ts';
import { addDays } from '../../core/time/day.ts';
import { WEEKDAYS } from '../../core/contracts/policy.ts';
import { historyFromJson, historyToJson } from '../servers/historyJson.ts';
import type { ActionDesk } from './actionDesk.ts';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';
import type { AwsAccount } from './awsAccount.ts';
import { bill, clearBill, TODAY } from './bill.ts';
import { bundleTestWorkflows, TEST_DATA_CONVERTER } from '../servers/testPayloads.ts';
import { replayHistory } from '../servers/replayHistory.ts';

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
  'reminded-then-approved': async ({ desk, action }) => {
    await desk.untilEvent(action, /^notice proposed: It is still undecided/);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
  },
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
  measured: async ({ desk, action }) => {
    await bill(desk, { from: addDays(TODAY, -60), days: 60, type: 'm5.xlarge', cost: '4.608' });
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    await bill(desk, { from: TODAY, days: 30, type: 'm5.large', cost: '2.304' });
    expect(await desk.handle(action).result()).toBe('succeeded');
    await clearBill(desk);
  },
  'measured-until-rolled-back': async ({ desk, action }) => {
    await bill(desk, { from: addDays(TODAY, -60), days: 60, type: 'm5.xlarge', cost: '4.608' });
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    await clearBill(desk);
  },
  'two-approvers': async ({ desk, action }) => {
    await desk.decide(action, 'approve');
    await desk.decide(action, 'approve');
    await desk.decide(action, 'approve', { by: desk.people.admin });
    await desk.until(action, 'succeeded');
  },
  'waited-for-window': async ({ desk, action }) => {
    await desk.decide(action, 'approve');
    // The window opens within 75 seconds.
    expect(await desk.handle(action).result()).toBe('succeeded');
    expect(await desk.events(action)).toContainEqual(
      expect.stringMatching(/^status preflight: Waits for the change window that opens at /),
    );
  },
  'frozen-at-preflight': async ({ aws, desk, instance, action }) => {
    const caught = aws.proxy.on('DryRun:StopInstances', { hold: 'before' }, { instance });
    await desk.decide(action, 'approve');
    await caught;
    await desk.addPolicy('Incident', { type: 'freeze', reason: 'We look into an outage.' });
    aws.proxy.clear();
    await desk.until(action, 'failed');
  },
  'operator-cancelled': async ({ desk, action }) => {
    await desk.handle(action).cancel();
    await desk.until(action, 'cancelled');
  },
};

/** How long a scene's proposal waits for a decision. */
const LIFE_MS: Record<string, number> = { expired: 2_000, 'reminded-then-approved': 30_000 };

/** What the policies say while a scene is played. */
const RULES: Record<string, () => Parameters<ActionDesk['addPolicy']>[1]> = {
  'two-approvers': () => ({ type: 'two_approvers' }),
  // It opens with the next minute: the shortest wait that a window can ask for.
  'waited-for-window': () => ({
    type: 'change_window',
    timeZone: 'UTC',
    hours: [{ days: [...WEEKDAYS], from: minuteAt(SOON_MS), to: minuteAt(SOON_MS + 3_600_000) }],
  }),
};
// A proposal, a decision and a preflight take some seconds; the minute must not have begun by then.
const SOON_MS = 75_000;
const minuteAt = (inMs: number) => new Date(Date.now() + inMs).toISOString().slice(11, 16);

let world: ActionWorld;
let workflowBundle: WorkflowBundle;
beforeAll(async () => {
  workflowBundle = await bundleTestWorkflows('actions');
  world = await openActionWorld({
    rollbackWindowMs: 5_000,
    measureEveryMs: 2_000,
    noticeHours: { reminder: 28 / 3600, escalation: 26 / 3600 },
  });
});
afterAll(() => world.close());

async function play(name: string, scene: Scene): Promise<string> {
  const { aws, desk } = world;
  await desk.clearPolicies();
  const rule = RULES[name]?.();
  if (rule !== undefined) await desk.addPolicy(name, rule);
  const instance = await aws.launch('m5.xlarge');
  const action = await desk.propose(instance, 'm5.large', LIFE_MS[name] ?? 600_000);
  await desk.untilPlanned(action);
  await scene({ aws, desk, instance, action });
  await desk
    .handle(action)
    .result()
    .catch(() => undefined);
  return historyToJson(await desk.handle(action).fetchHistory());
}

async function replay(name: string, json: string): Promise<void> {
  await replayHistory(workflowBundle, historyFromJson(json), name);
}

/** The status that a recorded action came to, as the last of its search attributes says. */
function statusOf(name: string): unknown {
  const { events } = historyFromJson(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
  const attributes = events.flatMap(
    ({ upsertWorkflowSearchAttributesEventAttributes: upsert }) =>
      upsert?.searchAttributes?.indexedFields?.['CgStatus'] ?? [],
  );
  return JSON.parse(Buffer.from(attributes.at(-1)?.data ?? []).toString());
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

  it('an action of each status that it can rest in is among them', () => {
    const ends = Object.keys(SCENES).map((name) => statusOf(name));
    const resting = ActionStatus.options.filter(
      (status) => status === 'succeeded' || TRANSITIONS[status].length === 0,
    );
    expect([...new Set(ends)].sort()).toEqual([...resting].sort());
  });

  it.each(Object.keys(SCENES))('%s: replays with today’s workflow', async (name) => {
    const file = join(FOLDER, `${name}.json`);
    expect(existsSync(file)).toBe(true);
    const results = Worker.runReplayHistories(
      { workflowBundle, dataConverter: TEST_DATA_CONVERTER },
      [
        {
          workflowId: name,
          history: historyFromJson(readFileSync(file, 'utf8')),
        },
      ],
    );
    for await (const result of results) expect(result.error).toBeUndefined();
  });

  it('a workflow that would do something else is noticed', async () => {
    const json = readFileSync(join(FOLDER, 'approved.json'), 'utf8');
    const other = json.replaceAll('"waitUntilStopped"', '"sleepUntilStopped"');
    await expect(replay('approved', other)).rejects.toThrow(DeterminismViolationError);
  });
});
