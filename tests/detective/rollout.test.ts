import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../cli/launch/waitUntil.ts';
import { buildsOf, makeCurrent } from '../servers/deployments.ts';
import { type AwsPollWorld, flatMeter, startAwsPollWorld } from './awsPollWorld.ts';

// The provider's own answer to too many requests.
const THROTTLED = {
  status: 400,
  headers: { 'retry-after': '3' },
  json: { __type: 'ThrottlingException', message: 'Rate exceeded' },
};

let world: AwsPollWorld;
beforeAll(async () => {
  world = await startAwsPollWorld();
  world.meters.push(flatMeter('BoxUsage:m5.large', '9.216'));
  await world.stopWorker();
});
afterAll(() => world.close());

test('a poll ends on the build that it began on, and a new one begins on the current build', async () => {
  const deployment = `detective-${randomBytes(4).toString('hex')}`;
  const client = world.api.services.temporal;
  const addBuild = async (build: string) => {
    const stop = await world.addWorker({
      TEMPORAL_DEPLOYMENT_NAME: deployment,
      TEMPORAL_WORKER_BUILD_ID: build,
    });
    onTestFinished(stop);
    await makeCurrent(client, deployment, build);
  };
  let asked = 0;
  let isAway = true;
  world.fault(() => {
    asked += 1;
    return isAway ? THROTTLED : undefined;
  });

  await addBuild('one');
  const first = await world.startPoll(await world.addConnection());
  await waitUntil(() => Promise.resolve(asked > 0), { timeoutMs: 30_000, what: 'it reads costs' });
  await addBuild('two');
  const second = await world.startPoll(await world.addConnection());
  isAway = false;

  await Promise.all([first.result(), second.result()]);
  expect(buildsOf(await first.fetchHistory())).toEqual(['one']);
  expect(buildsOf(await second.fetchHistory())).toEqual(['two']);
});
