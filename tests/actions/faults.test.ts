import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';

const STOP = 'StopInstances';
const MODIFY = 'ModifyInstanceAttribute';
const START = 'StartInstances';

let world: ActionWorld;
beforeAll(async () => {
  world = await openActionWorld();
});
afterAll(() => world.close());
beforeEach(() => world.aws.proxy.clear());

async function propose(isStopped = false) {
  const { aws, desk } = world;
  const instance = await aws.launch('m5.xlarge');
  if (isStopped) await aws.stop(instance);
  const action = await desk.propose(instance, 'm5.large');
  await desk.untilPlanned(action);
  return { aws, desk, instance, action };
}

describe('errors that pass', () => {
  it.each([STOP, MODIFY, START])(
    'the reply of %s is lost: its effect is read, the call is not repeated',
    async (call) => {
      const { aws, desk, instance, action } = await propose();
      void aws.proxy.on(call, 'loseReply', { instance });
      await desk.decide(action, 'approve');
      await desk.until(action, 'succeeded');
      expect(aws.proxy.mutations(instance)).toEqual([STOP, MODIFY, START]);
      expect(await aws.look(instance)).toBe('m5.large running');
    },
  );

  it('EC2 says IncorrectInstanceState to the change of type: it is tried again', async () => {
    const { aws, desk, instance, action } = await propose();
    void aws.proxy.on(MODIFY, { error: 'IncorrectInstanceState' }, { instance, times: 2 });
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(aws.proxy.mutations(instance)).toEqual([STOP, MODIFY, MODIFY, MODIFY, START]);
    expect(aws.proxy.mutations(instance, true)).toEqual([STOP, MODIFY, START]);
  });

  it.each([STOP, MODIFY, START])('EC2 throttles %s: it is tried again', async (call) => {
    const { aws, desk, instance, action } = await propose();
    void aws.proxy.on(call, { error: 'RequestLimitExceeded', status: 503 }, { instance });
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(aws.proxy.mutations(instance, true)).toEqual([STOP, MODIFY, START]);
    expect(await aws.look(instance)).toBe('m5.large running');
  });

  it('EC2 answers nonsense while planning: it is asked again', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    void aws.proxy.on('DescribeInstances', { error: 'InternalError', status: 500 }, { times: 3 });
    const action = await desk.propose(instance, 'm5.large');
    expect((await desk.untilPlanned(action)).plan).not.toBeNull();
    await desk.decide(action, 'cancel');
  });
});

describe('a failure after the first change is taken back', () => {
  it.each([
    ['no capacity', 'InsufficientInstanceCapacity', 'capacity_unavailable'],
    ['a used-up quota', 'VcpuLimitExceeded', 'quota_exceeded'],
  ])('%s at the start: the old type runs again', async (_, error, code) => {
    const { aws, desk, instance, action } = await propose();
    void aws.proxy.on(START, { error, status: error.startsWith('Ins') ? 500 : 400 }, { instance });
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'rolled_back');
    expect(failure?.code).toBe(code);
    expect(await aws.look(instance)).toBe('m5.xlarge running');
    expect(aws.proxy.mutations(instance, true)).toEqual([STOP, MODIFY, MODIFY, START]);
    await expect(desk.handle(action).result()).rejects.toMatchObject({ cause: { type: code } });
  });

  it('no capacity for the old type either, for a while: the start is tried until there is', async () => {
    const { aws, desk, instance, action } = await propose();
    const error = { error: 'InsufficientInstanceCapacity', status: 500 };
    void aws.proxy.on(START, error, { instance, times: 3 });
    await desk.decide(action, 'approve');
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toBe('m5.xlarge running');
    expect(aws.proxy.mutations(instance, true)).toEqual([STOP, MODIFY, MODIFY, START]);
  });

  it('the change of type is refused: the old type runs again', async () => {
    const { aws, desk, instance, action } = await propose();
    void aws.proxy.on(MODIFY, { error: 'InvalidParameterCombination' }, { instance });
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'rolled_back');
    expect(failure?.code).toBe('resize_not_supported');
    expect(await aws.look(instance)).toBe('m5.xlarge running');
    expect(aws.proxy.mutations(instance, true)).toEqual([STOP, START]);
  });

  it('a stopped instance stays stopped on the way back, too', async () => {
    const { aws, desk, instance, action } = await propose(true);
    void aws.proxy.on(MODIFY, { error: 'OperationNotPermitted' }, { instance });
    await desk.decide(action, 'approve');
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toBe('m5.xlarge stopped');
    expect(aws.proxy.mutations(instance, true)).toEqual([]);
  });

  it('an operator’s cancel in the middle waits for the call on its way, then goes back', async () => {
    const { aws, desk, instance, action } = await propose();
    const caught = aws.proxy.on(MODIFY, { hold: 'after' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    await desk.handle(action).cancel();
    aws.proxy.clear();
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toBe('m5.xlarge running');
    await expect(desk.handle(action).result()).rejects.toThrow();
  });

  it('no message of the provider reaches the history, the database or the audit log', async () => {
    const { aws, desk, instance, action } = await propose();
    void aws.proxy.on(START, { error: 'InsufficientInstanceCapacity', status: 500 }, { instance });
    await desk.decide(action, 'approve');
    await desk.until(action, 'rolled_back');
    const { text } = await desk.historyText(action, /./);
    const found = ['capacity_unavailable', 'secret-of-the-provider', '/node_modules/'].filter(
      (word) => text.includes(word),
    );
    expect(found).toEqual(['capacity_unavailable']);
    expect(JSON.stringify(await desk.events(action))).not.toContain('secret-of-the-provider');
  });
});

describe('somebody else changes the instance meanwhile', () => {
  it('another type: it is left as it is, and a person is asked', async () => {
    const { aws, desk, instance, action } = await propose();
    const caught = aws.proxy.on(START, { hold: 'before' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    await aws.changeType(instance, 'm5.4xlarge');
    aws.proxy.clear();
    const { failure } = await desk.until(action, 'rollback_failed');
    expect(failure?.code).toBe('resource_changed');
    expect(await aws.look(instance)).toBe('m5.4xlarge stopped');
    await aws.changeType(instance, 'm5.xlarge');
    await desk.decide(action, 'retryRollback');
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toBe('m5.xlarge running');
  });

  it('started by somebody after our stop: its type is left as it is, and it runs on', async () => {
    const { aws, desk, instance, action } = await propose();
    const caught = aws.proxy.on(MODIFY, { hold: 'before' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    await aws.start(instance);
    aws.proxy.clear();
    const { failure } = await desk.until(action, 'rolled_back');
    expect(failure).toMatchObject({
      code: 'resource_changed',
      detail: expect.stringMatching(/Somebody else started the machine/) as unknown,
    });
    expect(await aws.look(instance)).toBe('m5.xlarge running');
    expect(aws.proxy.mutations(instance, true)).toEqual([STOP]);
  });

  it('stopped by somebody just before our stop: it is not started by us', async () => {
    const { aws, desk, instance, action } = await propose();
    const caught = aws.proxy.on('DryRun:StartInstances', { hold: 'after' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    await aws.stop(instance);
    // The dry run's reply is lost; preflight looks again and sees it.
    aws.proxy.clear();
    const { failure } = await desk.until(action, 'failed', 'rolled_back');
    expect(failure?.code).toBe('resource_changed');
    expect(aws.proxy.mutations(instance)).toEqual([]);
    expect(await aws.look(instance)).toBe('m5.xlarge stopped');
  });

  it('terminated: nothing is left to restore, and the action says so', async () => {
    const { aws, desk, instance, action } = await propose();
    const caught = aws.proxy.on(MODIFY, { hold: 'before' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    await aws.terminate(instance);
    aws.proxy.clear();
    const { failure } = await desk.until(action, 'failed');
    expect(failure?.code).toBe('resource_not_found');
  });
});

describe('rollback after success', () => {
  it('restores the type and the running state', async () => {
    const { aws, desk, instance, action } = await propose();
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(await desk.decide(action, 'rollback', { reason: 'Too slow' })).toEqual({
      outcome: 'accepted',
      status: 'rolling_back',
    });
    const { failure, decidedBy } = await desk.until(action, 'rolled_back');
    expect(failure).toBeNull();
    expect(decidedBy).toBe('anna');
    expect(await aws.look(instance)).toBe('m5.xlarge running');
    expect(aws.proxy.mutations(instance)).toEqual([STOP, MODIFY, START, STOP, MODIFY, START]);
    expect(await desk.handle(action).result()).toBe('rolled_back');
  });

  it('restores the type of an instance that was stopped, without starting it', async () => {
    const { aws, desk, instance, action } = await propose(true);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toBe('m5.xlarge stopped');
  });

  it('does not stop an instance that somebody started since', async () => {
    const { aws, desk, instance, action } = await propose(true);
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    await aws.start(instance);
    await desk.decide(action, 'rollback');
    const { failure } = await desk.until(action, 'rollback_failed');
    expect(failure?.code).toBe('resource_changed');
    expect(await aws.look(instance)).toBe('m5.large running');
    await desk.end(action);
  });

  it('is refused to those who may not decide, and the window stays open', async () => {
    const { aws, desk, instance, action } = await propose();
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    const by = desk.people.operator;
    expect(await desk.decide(action, 'rollback', { by })).toMatchObject({ code: 'forbidden' });
    expect(await aws.look(instance)).toBe('m5.large running');
    expect(await desk.decide(action, 'rollback')).toMatchObject({ outcome: 'accepted' });
    await desk.until(action, 'rolled_back');
  });

  it('is refused while another action on the instance is open', async () => {
    const { aws, desk, instance, action } = await propose();
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    const next = await desk.propose(instance, 'm5.2xlarge');
    await desk.untilPlanned(next);
    expect(await desk.decide(action, 'rollback')).toMatchObject({
      outcome: 'refused',
      status: 'succeeded',
      code: 'action_open_for_resource',
    });
    await desk.decide(next, 'cancel');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toBe('m5.xlarge running');
  });

  it('that fails for good waits for a person, who mends it and asks again', async () => {
    const { aws, desk, instance, action } = await propose();
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    void aws.proxy.on(MODIFY, { error: 'UnauthorizedOperation' }, { instance, times: 2 });
    await desk.decide(action, 'rollback');
    const first = await desk.until(action, 'rollback_failed');
    expect(first.failure?.code).toBe('permission_missing');
    expect(await aws.look(instance)).toBe('m5.large stopped');
    const by = desk.people.viewer;
    expect(await desk.decide(action, 'retryRollback', { by })).toMatchObject({ code: 'forbidden' });
    await desk.decide(action, 'retryRollback');
    await desk.untilEvent(action, /rolling_back: Another try/);
    await desk.until(action, 'rollback_failed');
    expect(await desk.decide(action, 'retryRollback')).toMatchObject({ outcome: 'accepted' });
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toBe('m5.xlarge running');
    expect(aws.proxy.mutations(instance, true)).toEqual([STOP, MODIFY, START, STOP, MODIFY, START]);
  });
});
