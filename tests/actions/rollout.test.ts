import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildsOf, makeCurrent } from '../servers/deployments.ts';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';

let world: ActionWorld;
beforeAll(async () => {
  world = await openActionWorld({ rollbackWindowMs: 60_000 });
});
afterAll(() => world.close());

async function addBuild(deployment: string, build: string): Promise<() => Promise<void>> {
  const { stop } = await world.addWorker({
    TEMPORAL_DEPLOYMENT_NAME: deployment,
    TEMPORAL_WORKER_BUILD_ID: build,
  });
  let stopping: Promise<void> | undefined;
  const stopOnce = () => (stopping ??= stop());
  onTestFinished(stopOnce);
  return stopOnce;
}

async function proposed(): Promise<string> {
  const action = await world.desk.propose(await world.aws.launch('m5.xlarge'));
  await world.desk.untilPlanned(action);
  return action;
}

const builds = async (action: string) => buildsOf(await world.desk.handle(action).fetchHistory());

test('an action that waits for a decision goes on with the build that is current by then', async () => {
  const { desk } = world;
  const deployment = `action-${randomBytes(4).toString('hex')}`;

  const fromBefore = await proposed();
  const stopOne = await addBuild(deployment, 'one');
  await makeCurrent(desk.client, deployment, 'one');
  await world.stopWorker();
  const waiting = await proposed();
  expect(await builds(waiting)).toEqual(['one']);

  await addBuild(deployment, 'two');
  await makeCurrent(desk.client, deployment, 'two');
  await stopOne();
  for (const action of [waiting, fromBefore]) {
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
  }
  expect(await builds(waiting)).toEqual(['one', 'two']);
  // One from before versions were told apart is taken over, too.
  expect(await builds(fromBefore)).toEqual([undefined, 'two']);
});

test('a build that is not current is given nothing, and an old one can be made current again', async () => {
  const { desk } = world;
  const deployment = `action-${randomBytes(4).toString('hex')}`;
  await addBuild(deployment, 'good');
  await makeCurrent(desk.client, deployment, 'good');
  await addBuild(deployment, 'bad');
  const waiting = await proposed();
  await makeCurrent(desk.client, deployment, 'bad');
  const later = await proposed();
  await makeCurrent(desk.client, deployment, 'good');
  for (const action of [waiting, later]) await desk.decide(action, 'reject');
  expect(await builds(waiting)).toEqual(['good']);
  expect(await builds(later)).toEqual(['bad', 'good']);
});
