import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';

let world: ActionWorld;
beforeAll(async () => {
  world = await openActionWorld();
});
afterAll(() => world.close());
beforeEach(() => world.aws.proxy.clear());

function propose(kind: 'stop_instance' | 'start_instance', resourceId: string): Promise<string> {
  const { connectionId, proposeAny } = world.desk;
  return proposeAny({ kind, connectionId, resourceId, region: 'us-east-1' });
}

describe('an approved stop', () => {
  it('stops the instance once, after a rehearsal of the very call, and can be taken back', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    const action = await propose('stop_instance', instance);
    const { plan } = await desk.untilPlanned(action);
    expect(plan).toMatchObject({
      kind: 'stop_instance',
      before: { instanceType: 'm5.xlarge', state: 'running' },
      after: { instanceType: 'm5.xlarge', state: 'stopped' },
      calls: [{ operation: 'StopInstances' }],
    });
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(await aws.look(instance)).toBe('m5.xlarge stopped');
    expect(aws.proxy.mutations(instance)).toEqual(['StopInstances']);
    const outcomes = (await desk.cloudCalls(action)).map((call) => call.outcome);
    expect(outcomes).toContain('DryRunOperation');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toBe('m5.xlarge running');
    expect(aws.proxy.mutations(instance)).toEqual(['StopInstances', 'StartInstances']);
  });

  it('stops, and says so, when somebody else has stopped it since the plan', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch();
    const action = await propose('stop_instance', instance);
    await desk.untilPlanned(action);
    await aws.stop(instance);
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'failed');
    expect(failure?.code).toBe('resource_changed');
    expect(failure?.detail).toContain('Propose the action again');
    expect(aws.proxy.mutations(instance)).toEqual([]);
  });

  it('finds its own stop again when the reply was lost', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch();
    const action = await propose('stop_instance', instance);
    void aws.proxy.on('StopInstances', 'loseReply', { instance });
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(await aws.look(instance)).toContain('stopped');
    expect(aws.proxy.mutations(instance)).toEqual(['StopInstances']);
  });

  it('without the permission is refused before anything happens, and names it', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch();
    const action = await propose('stop_instance', instance);
    void aws.proxy.on('DryRun:StopInstances', { error: 'UnauthorizedOperation' }, { instance });
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'failed');
    expect(failure).toMatchObject({ code: 'permission_missing' });
    expect(failure?.detail).toContain('ec2:StopInstances');
    expect(await aws.look(instance)).toContain('running');
  });
});

describe('an approved start', () => {
  it('starts the instance once, and stops it again on the way back', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch();
    await aws.stop(instance);
    const action = await propose('start_instance', instance);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(await aws.look(instance)).toContain('running');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toContain('stopped');
    expect(aws.proxy.mutations(instance)).toEqual(['StartInstances', 'StopInstances']);
  });

  it('that meets no capacity leaves it stopped, and stops nothing', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch();
    await aws.stop(instance);
    const action = await propose('start_instance', instance);
    const fault = { error: 'InsufficientInstanceCapacity', status: 500 };
    void aws.proxy.on('StartInstances', fault, { instance, times: 100 });
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'rolled_back');
    expect(failure?.code).toBe('capacity_unavailable');
    expect(await aws.look(instance)).toContain('stopped');
    expect(aws.proxy.mutations(instance, true)).toEqual([]);
  });
});

it.each([
  ['a stop of a stopped instance', 'stop_instance', true],
  ['a start of a running instance', 'start_instance', false],
] as const)('%s has no plan, and says why', async (_, kind, isStopped) => {
  const { aws, desk } = world;
  const instance = await aws.launch();
  if (isStopped) await aws.stop(instance);
  const action = await propose(kind, instance);
  const { failure, plan } = await desk.until(action, 'failed');
  expect(plan).toBeNull();
  expect(failure).toMatchObject({ code: 'change_not_possible' });
  expect(failure?.detail).toContain('nothing to do');
});
