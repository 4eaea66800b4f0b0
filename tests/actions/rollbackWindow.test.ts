import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';

let world: ActionWorld;
beforeAll(async () => {
  // Without a cache each workflow task replays the whole history: every test here is one of determinism as well.
  world = await openActionWorld({ rollbackWindowMs: 1_500, cachedWorkflowsMax: 0 });
});
afterAll(() => world.close());

it('closes when the time for a rollback is over', async () => {
  const { aws, desk } = world;
  const instance = await aws.launch('m5.xlarge');
  const action = await desk.propose(instance, 'm5.large');
  await desk.decide(action, 'approve');
  await desk.until(action, 'succeeded');
  expect(await desk.handle(action).result()).toBe('succeeded');
  await expect(desk.send(action, 'rollback')).rejects.toThrow(/already completed|not found/i);
  expect(await aws.look(instance)).toBe('m5.large running');
});

it('goes all the way, forth and back, with nothing kept in memory between two tasks', async () => {
  const { aws, desk } = world;
  const instance = await aws.launch('m5.xlarge');
  const action = await desk.propose(instance, 'm5.large');
  await desk.decide(action, 'approve', { by: desk.people.proposer });
  await desk.decide(action, 'approve', { planHash: 'b'.repeat(64) });
  await desk.decide(action, 'approve');
  await desk.until(action, 'succeeded');
  await desk.decide(action, 'rollback');
  await desk.until(action, 'rolled_back');
  expect(await aws.look(instance)).toBe('m5.xlarge running');
});

it('takes an error back with nothing kept in memory between two tasks', async () => {
  const { aws, desk } = world;
  const instance = await aws.launch('m5.xlarge');
  const error = { error: 'InsufficientInstanceCapacity', status: 500 };
  void aws.proxy.on('StartInstances', error, { instance });
  const action = await desk.propose(instance, 'm5.large');
  await desk.decide(action, 'approve');
  await desk.until(action, 'rolled_back');
  expect(await aws.look(instance)).toBe('m5.xlarge running');
});
