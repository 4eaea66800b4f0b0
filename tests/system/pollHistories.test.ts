import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import proto from '@temporalio/proto';
import type { WorkflowBundle } from '@temporalio/worker';
import { pino } from 'pino';
import { beforeAll, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { installRuntime } from '../../workers/createWorker.ts';
import { bundleTestWorkflows } from '../servers/testPayloads.ts';
import { replayHistory } from '../servers/replayHistory.ts';

const POLLS = join(projectRoot, 'tests', 'histories', 'polls');
const BACKFILLS = join(projectRoot, 'tests', 'histories', 'backfill');

let workflowBundle: WorkflowBundle;
beforeAll(async () => {
  installRuntime(pino({ level: 'error' }));
  workflowBundle = await bundleTestWorkflows('detective');
});

const { History } = proto.temporal.api.history.v1;

it.each(readdirSync(POLLS))('a poll of %s replays with today’s workflow', async (file) => {
  await replayEachCut(join(POLLS, file));
});

it.each(readdirSync(BACKFILLS))('a reading of history (%s) replays as well', async (file) => {
  await replayEachCut(join(BACKFILLS, file));
});

/** Workflows are cut off at any point by a new release: each history up to one of its workflow tasks is one of those. */
async function replayEachCut(file: string): Promise<void> {
  const whole = History.fromObject(
    JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>,
  );
  const cuts = whole.events.flatMap(({ workflowTaskCompletedEventAttributes }, i) =>
    workflowTaskCompletedEventAttributes == null ? [] : [i + 1],
  );
  expect(cuts.length).toBeGreaterThan(1);
  for (const cut of [...cuts, whole.events.length]) {
    const history = History.fromObject({ events: whole.events.slice(0, cut) });
    await replayHistory(workflowBundle, history, `${basename(file)}-${cut}`);
  }
}
