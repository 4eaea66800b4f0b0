import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { historyFromJson, historyToJson } from '../servers/historyJson.ts';
import { type NotificationWorld, openNotificationWorld } from './notificationWorld.ts';
import { type Behaviour, type Receiver, startReceiver } from './receiver.ts';
import { bundleTestWorkflows } from '../servers/testPayloads.ts';
import { replayHistory } from '../servers/replayHistory.ts';

const FOLDER = join(projectRoot, 'tests', 'histories', 'notify');
const isRecording = process.env['RECORD_HISTORIES'] === '1';

/** What the receiver does in each way that a message can end. */
const SCENES: Record<string, Behaviour[]> = {
  sent: [],
  'sent-after-retries': [{ status: 500 }, { status: 429, headers: { 'retry-after': '1' } }],
  refused: [{ status: 404 }],
};

let world: NotificationWorld;
let stopWorker: () => Promise<void>;
let receiver: Receiver;
let workflowBundle: WorkflowBundle;
beforeAll(async () => {
  workflowBundle = await bundleTestWorkflows('detective');
  world = await openNotificationWorld();
  stopWorker = await world.startWorker();
  receiver = await startReceiver();
});
afterAll(async () => {
  await stopWorker();
  await receiver.close();
  await world.close();
});

async function play(behaviours: Behaviour[]): Promise<string> {
  receiver.next(...behaviours);
  const channel = await world.addChannel({ kind: 'slack', url: receiver.url });
  const { id } = await world.report();
  const delivery = await world.until(
    channel.id,
    behaviours[0] === undefined || behaviours.length > 1 ? 'sent' : 'failed',
  );
  const handle = world.handleOf(delivery, `anomaly:${id}`);
  await handle.result().catch(() => undefined);
  await world.deleteChannel(channel.id);
  return historyToJson(await handle.fetchHistory());
}

const replay = (name: string, json: string) =>
  replayHistory(workflowBundle, historyFromJson(json), name);
const read = (name: string) => readFileSync(join(FOLDER, `${name}.json`), 'utf8');

describe('every end of a message', () => {
  it.each(Object.entries(SCENES))('%s: a new history replays', async (name, behaviours) => {
    const json = await play(behaviours);
    if (isRecording) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(join(FOLDER, `${name}.json`), json);
    }
    await replay(name, json);
  });
});

describe('recorded histories', () => {
  it('there is one for each end', () => {
    const names = Object.keys(SCENES).map((name) => `${name}.json`);
    expect(readdirSync(FOLDER).sort()).toEqual(names.sort());
  });

  it.each(Object.keys(SCENES))('%s: replays with today’s workflow', async (name) => {
    await replay(name, read(name));
  });

  it('a workflow that would do something else is noticed', async () => {
    const other = read('sent').replaceAll('"sendNotification"', '"sendSomethingElse"');
    await expect(replay('sent', other)).rejects.toThrow(DeterminismViolationError);
  });
});
