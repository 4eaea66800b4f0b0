import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { WorkflowBundle } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import type { StubAnswer } from '../mcp/llm/stubServer.ts';
import { historyFromJson, historyToJson } from '../servers/historyJson.ts';
import { type LlmPullWorld, startLlmPullWorld } from './llmPullWorld.ts';
import { bundleTestWorkflows } from '../servers/testPayloads.ts';
import { replayHistory } from '../servers/replayHistory.ts';

const FOLDER = join(projectRoot, 'tests', 'histories', 'llm');
const isRecording = process.env['RECORD_HISTORIES'] === '1';
const DAY = addDays(utcDay(new Date()), -2);
const { History } = proto.temporal.api.history.v1;

/** What the provider answers in each way that a poll can end. */
const SCENES: Record<string, (index: number) => StubAnswer | undefined> = {
  success: () => undefined,
  throttled: (index) =>
    index === 0 ? { status: 429, headers: { 'retry-after': '1' }, body: '{}' } : undefined,
  // What was pushed is judged all the same.
  'failed-then-judged': () => ({ status: 403, body: '{}' }),
};

let world: LlmPullWorld;
let workflowBundle: WorkflowBundle;
beforeAll(async () => {
  world = await startLlmPullWorld();
  workflowBundle = await bundleTestWorkflows('llm');
  world.setNow(`${DAY}T13:07:00Z`);
}, 120_000);
afterAll(() => world.close());
beforeEach(() => {
  world.openai.clear();
});

async function play(scene: (index: number) => StubAnswer | undefined): Promise<string> {
  const id = await world.addConnection('openai');
  world.openai.answer((_, index) => scene(index));
  const handle = await world.startPoll(id);
  await handle.result().catch(() => undefined);
  return historyToJson(await handle.fetchHistory());
}

/** A new release finds polls cut off at any point: each history up to one of its workflow tasks is one of those. */
async function replay(name: string, json: string): Promise<void> {
  const whole = historyFromJson(json);
  const cuts = whole.events.flatMap(({ workflowTaskCompletedEventAttributes }, i) =>
    workflowTaskCompletedEventAttributes == null ? [] : [i + 1],
  );
  expect(cuts.length).toBeGreaterThan(1);
  for (const cut of [...cuts, whole.events.length]) {
    const history = History.fromObject({ events: whole.events.slice(0, cut) });
    await replayHistory(workflowBundle, history, `${name}-${cut}`);
  }
}

const read = (name: string) => readFileSync(join(FOLDER, `${name}.json`), 'utf8');

describe('every end of a poll of usage', () => {
  it.each(Object.entries(SCENES))('%s: a new history replays', async (name, scene) => {
    const json = await play(scene);
    if (isRecording) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(join(FOLDER, `${name}.json`), `${json}\n`);
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

  it.each([
    ['success', 'finishPull'],
    ['throttled', 'pullUsage'],
    ['failed-then-judged', 'judgeLlm'],
  ])('%s: a workflow that would do something else than %s is noticed', async (name, activity) => {
    const other = read(name).replaceAll(`"${activity}"`, '"somethingElse"');
    expect(other).not.toBe(read(name));
    await expect(replay(name, other)).rejects.toThrow(DeterminismViolationError);
  });
});
