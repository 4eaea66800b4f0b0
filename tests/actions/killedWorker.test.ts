import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActionDesk } from './actionDesk.ts';
import { type AwsAccount, openAwsAccount } from './awsAccount.ts';
import type { Fault } from './faultProxy.ts';
import { type KillableWorker, openKillableWorker } from './killableWorker.ts';
import type { OwnTemporal } from './ownTemporal.ts';
import { startTcpProxy, type TcpProxy } from './tcpProxy.ts';
import { startWorkerProcess } from './workerProcess.ts';

const STOP = 'StopInstances';
const MODIFY = 'ModifyInstanceAttribute';
const START = 'StartInstances';

let temporal: OwnTemporal;
let aws: AwsAccount;
let desk: ActionDesk;
let line: TcpProxy;
let worker: KillableWorker;

beforeAll(async () => {
  aws = await openAwsAccount();
  worker = await openKillableWorker({ ...aws.env, ROLLBACK_WINDOW_HOURS: '0' }, async (address) => {
    const url = new URL(address);
    line = await startTcpProxy(Number(url.port));
    url.port = String(line.port);
    return url.href;
  });
  ({ desk, temporal } = worker);
});
afterAll(async () => {
  await worker.close();
  await line.close();
  await aws.close();
});
beforeEach(() => worker.start());
afterEach(async () => {
  aws.proxy.clear();
  await worker.process().stop();
});

async function propose() {
  const instance = await aws.launch('m5.xlarge');
  const action = await desk.propose(instance, 'm5.large');
  await desk.untilPlanned(action);
  return { instance, action };
}

describe('a worker killed with SIGKILL', () => {
  it('between stop and start leaves the instance, after the restart, running with the new type, stopped once', async () => {
    const { instance, action } = await propose();
    const begun = Date.now();
    const seconds = () => `${((Date.now() - begun) / 1_000).toFixed(1).padStart(5)} s`;
    const caught = aws.proxy.on(MODIFY, { hold: 'before' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    const account = [
      `${seconds()}  ${MODIFY} is on its way; instance: ${await aws.look(instance)}`,
    ];
    await worker.process().kill();
    account.push(`${seconds()}  SIGKILL; instance: ${await aws.look(instance)}`);
    await worker.start();
    account.push(`${seconds()}  a new worker is up`);
    await desk.until(action, 'succeeded');
    account.push(`${seconds()}  succeeded; instance: ${await aws.look(instance)}`);
    for (const step of Object.values(await desk.steps(action))) {
      const calls = `attempts ${step.attempts}, calls claimed ${step.callsMade}`;
      account.push(`         ${step.key.padEnd(20)} ${calls}`);
    }
    const sent = aws.proxy.mutations(instance);
    const effective = aws.proxy.mutations(instance, true);
    account.push(`         sent to EC2:      ${sent.join(', ')}`);
    account.push(`         took effect:      ${effective.join(', ')}`);
    console.log(`Killed between stop and start:\n${account.join('\n')}`);
    expect(await aws.look(instance)).toBe('m5.large running');
    expect(sent.filter((call) => call === STOP)).toHaveLength(1);
    expect(effective).toEqual([STOP, MODIFY, START]);
  });

  it('after the plan, with nobody there for the approval', async () => {
    const { instance, action } = await propose();
    const { planHash } = await desk.untilPlanned(action);
    await worker.process().kill();
    await desk.send(action, 'approve', { planHash: planHash ?? '' });
    await worker.start();
    await desk.until(action, 'succeeded');
    expect(aws.proxy.mutations(instance)).toEqual([STOP, MODIFY, START]);
  });

  it('at each other step ends with every instance running with the new type, each change made once', async () => {
    const points: [string, string, Fault][] = [
      ['in the permission check', `DryRun:${START}`, { hold: 'before' }],
      ['before the stop', STOP, { hold: 'before' }],
      ['after the stop', STOP, { hold: 'after' }],
      ['after the change of type', MODIFY, { hold: 'after' }],
      ['before the start', START, { hold: 'before' }],
      ['after the start', START, { hold: 'after' }],
      ['before the verification', 'DescribeInstanceStatus', { hold: 'before' }],
    ];
    const actions = await Promise.all(
      points.map(async (point) => ({ point, ...(await propose()) })),
    );
    await Promise.all(
      actions.map(async ({ point: [, call, fault], instance, action }) => {
        const caught = aws.proxy.on(call, fault, { instance });
        await desk.send(action, 'approve');
        await caught;
      }),
    );
    await worker.killAndRestart();
    const rows: string[] = [];
    for (const { point, instance, action } of actions) {
      await desk.until(action, 'succeeded');
      const steps = Object.values(await desk.steps(action));
      const attempts = steps.map((step) => step.attempts).join(' ');
      const sent = aws.proxy.mutations(instance).length;
      rows.push(`${point[0].padEnd(26)} attempts by step ${attempts}, calls sent ${sent}`);
      expect(await aws.look(instance)).toBe('m5.large running');
      expect(aws.proxy.mutations(instance, true)).toEqual([STOP, MODIFY, START]);
    }
    console.log(`One SIGKILL, seven actions, each at another point:\n${rows.join('\n')}`);
  });

  it('in the middle of a rollback still brings the old type back', async () => {
    const { instance, action } = await propose();
    void aws.proxy.on(START, { error: 'InsufficientInstanceCapacity', status: 500 }, { instance });
    const caught = aws.proxy.on(MODIFY, { hold: 'before' }, { instance, skip: 1 });
    await desk.send(action, 'approve');
    await caught;
    await worker.killAndRestart();
    await desk.until(action, 'rolled_back');
    expect(await aws.look(instance)).toBe('m5.xlarge running');
    expect(aws.proxy.mutations(instance, true)).toEqual([STOP, MODIFY, MODIFY, START]);
  });
});

describe('a part that is away for a while', () => {
  it('Temporal killed and restarted while an action waits: the approval finds it', async () => {
    const { instance, action } = await propose();
    await temporal.kill();
    await temporal.start();
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    expect(aws.proxy.mutations(instance)).toEqual([STOP, MODIFY, START]);
  });

  it('Temporal killed and restarted while the instance is stopped: the change goes on', async () => {
    const { instance, action } = await propose();
    const caught = aws.proxy.on(MODIFY, { hold: 'before' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    await temporal.kill();
    aws.proxy.clear();
    await temporal.start();
    await desk.until(action, 'succeeded');
    expect(await aws.look(instance)).toBe('m5.large running');
    expect(aws.proxy.mutations(instance, true)).toEqual([STOP, MODIFY, START]);
  });

  it('Postgres cut off in the middle delays the change and loses nothing', async () => {
    const { instance, action } = await propose();
    const caught = aws.proxy.on(STOP, 'watch', { instance });
    await desk.send(action, 'approve');
    await caught;
    line.cut();
    await desk.untilAttempt(action, 4);
    line.mend();
    await desk.until(action, 'succeeded');
    expect(aws.proxy.mutations(instance)).toEqual([STOP, MODIFY, START]);
    expect(await desk.events(action)).toHaveLength(12);
  });
});

describe('the worker process', () => {
  it('starts the workflow of a proposal that the API could not start', async () => {
    const instance = await aws.launch('m5.xlarge');
    const { id } = await desk.insert(instance, 'm5.large', 600_000);
    const long = new Date(Date.now() - 60_000);
    await desk.db.updateTable('actions').set({ created_at: long }).where('id', '=', id).execute();
    const { workflowRunId } = await desk.untilPlanned(id);
    expect(workflowRunId).toBe((await desk.handle(id).describe()).runId);
    await desk.decide(id, 'reject');
  });

  it('lets a running step end on SIGTERM, and another worker goes on', async () => {
    const { instance, action } = await propose();
    const caught = aws.proxy.on(STOP, { hold: 'after' }, { instance });
    await desk.send(action, 'approve');
    await caught;
    const stopping = worker.process().stop();
    aws.proxy.clear();
    await stopping;
    expect(await worker.process().ended).toMatchObject({ code: 0 });
    await worker.start();
    await desk.until(action, 'succeeded');
    expect(aws.proxy.mutations(instance)).toEqual([STOP, MODIFY, START]);
  });

  it('ends with 2 and one line for each mistake when its configuration is wrong', async () => {
    const wrong = await startWorkerProcess(
      { ...worker.env, LOG_LEVEL: 'loud', ROLLBACK_WINDOW_HOURS: '-1' },
      { isWaiting: false },
    );
    expect(await wrong.ended).toMatchObject({ code: 2 });
    const said = wrong.lines
      .filter((text) => text.startsWith('{'))
      .map((text) => JSON.parse(text) as { msg: string });
    expect(said.map(({ msg }) => msg.split(':')[0]).sort()).toEqual([
      'LOG_LEVEL',
      'ROLLBACK_WINDOW_HOURS',
    ]);
  });
});
