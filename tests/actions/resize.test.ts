import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionWorld, openActionWorld } from './actionWorld.ts';

const ALL_THREE = ['StopInstances', 'ModifyInstanceAttribute', 'StartInstances'];

let world: ActionWorld;
beforeAll(async () => {
  world = await openActionWorld();
});
afterAll(() => world.close());
beforeEach(() => world.aws.proxy.clear());

describe('an approved resize', () => {
  it('stops, changes and starts the instance, in this order and once each', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    const action = await desk.propose(instance, 'm5.large');
    expect(await desk.decide(action, 'approve')).toEqual({
      outcome: 'accepted',
      status: 'approved',
    });
    const done = await desk.until(action, 'succeeded');
    expect(await aws.look(instance)).toBe('m5.large running');
    expect(aws.proxy.mutations(instance)).toEqual(ALL_THREE);
    expect(done).toMatchObject({ decidedBy: 'anna', failure: null });
    expect(Date.parse(done.rollbackUntil ?? '')).toBeGreaterThan(Date.now());
  });

  it('is written down: plan, decision, every step, every status, each once', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    const action = await desk.propose(instance, 'm5.large');
    await desk.decide(action, 'approve', { reason: 'Load is low' });
    await desk.until(action, 'succeeded');
    expect(await desk.events(action)).toEqual([
      'status proposed: Proposed by olga',
      'status proposed: The plan is ready and waits for a decision',
      'decision approved: Approved by anna',
      'status preflight: Checking the resource again',
      'status executing: Carrying the plan out',
      'step executing: Stopped the instance',
      'step executing: The instance is stopped',
      "step executing: The instance's type is m5.large",
      'step executing: Started the instance',
      'step executing: The instance is running',
      'status verifying: Checking the result',
      'status succeeded: Done and verified',
    ]);
    expect(await desk.audit(action)).toEqual([
      'action.planned CostGuard',
      'action.approved anna',
      'action.preflight CostGuard',
      'action.executing CostGuard',
      'action.verifying CostGuard',
      'action.succeeded CostGuard',
    ]);
    const calls = await desk.cloudCalls(action);
    expect(
      calls.filter(
        ({ operation, outcome }) =>
          !operation.includes('Describe') && outcome !== 'DryRunOperation',
      ),
    ).toMatchObject(
      ['ec2:StopInstances', 'ec2:ModifyInstanceAttribute', 'ec2:StartInstances'].map(
        (operation) => ({ provider: 'aws', operation, resource: instance, outcome: 'ok' }),
      ),
    );
    expect(calls.map(({ outcome }) => outcome)).toContain('DryRunOperation');
    for (const { requestId } of calls) expect(requestId).toMatch(/./);
    expect(await desk.steps(action)).toMatchObject({
      stopInstance: { attempts: 1, callsMade: 1 },
      waitUntilStopped: { attempts: 1, callsMade: 0 },
      changeInstanceType: { attempts: 1, callsMade: 1 },
      startInstance: { attempts: 1, callsMade: 1 },
      waitUntilRunning: { attempts: 1, callsMade: 0 },
    });
  });

  it('shows before the decision what will be done, and finds the run in the Temporal Web UI', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    const action = await desk.propose(instance, 'm5.large');
    const { plan, planHash, workflowRunId } = await desk.untilPlanned(action);
    expect(planHash).toMatch(/^[0-9a-f]{64}$/);
    expect(plan).toMatchObject({
      resource: { accountId: '123456789012', resourceId: instance, resourceName: 'checkout-api' },
      before: { instanceType: 'm5.xlarge', state: 'running' },
      after: { instanceType: 'm5.large', state: 'running' },
      expectedMonthlySaving: null,
    });
    expect(plan?.calls.map((call) => call.operation)).toEqual(ALL_THREE);
    expect(plan?.savingBasis).toContain('not known');
    const description = await desk.handle(action).describe();
    expect(description.runId).toBe(workflowRunId);
    expect(await description.staticSummary()).toBe(`Resize ${instance} to m5.large`);
    expect(await desk.untilSearchable(action, 'CgConnection')).toMatchObject({
      CgConnection: desk.connectionId,
      CgProvider: 'aws',
      CgStatus: 'proposed',
      CgResourceType: 'instance',
    });
    await desk.decide(action, 'cancel');
  });

  it('prices the plan by what was really paid', async () => {
    const { aws, desk } = world;
    const day = new Date(Date.now() - 2 * 86_400_000);
    day.setUTCHours(0, 0, 0, 0);
    const end = new Date(day.getTime() + 86_400_000);
    const { pool, close } = await desk.rawPool();
    await pool.query('select ensure_cost_partitions($1::date, $1::date)', [day]);
    await pool.query(
      `insert into cost_records (connection_id, charge_period_start, charge_period_end, dimensions_hash,
         provider_name, service_name, region_id, sku_meter, charge_category, consumed_quantity, billed_cost, billing_currency)
       values ($1, $2, $3, gen_random_uuid(), 'AWS', 'EC2', 'us-east-1', 'BoxUsage:c5.xlarge', 'Usage', 48, 8.16, 'USD'),
              ($1, $2, $3, gen_random_uuid(), 'AWS', 'EC2', 'eu-west-1', 'EUW1-BoxUsage:c5.xlarge', 'Usage', 48, 99, 'USD')`,
      [desk.connectionId, day, end],
    );
    await close();
    const instance = await aws.launch('c5.xlarge');
    const action = await desk.propose(instance, 'c5.large');
    const { plan, expectedMonthlySaving } = await desk.untilPlanned(action);
    // 8.16 / 48 = 0.17 an hour; half of it over 730 hours.
    expect(expectedMonthlySaving).toEqual({ amount: '62.05', currency: 'USD' });
    expect(plan?.savingBasis).toContain('0.170000 USD an hour');
    expect(await desk.untilSearchable(action, 'CgMonthlySaving')).toMatchObject({
      CgMonthlySaving: 62.05,
    });
    await desk.decide(action, 'cancel');
  });

  it('leaves an instance stopped that was stopped', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    await aws.stop(instance);
    const action = await desk.propose(instance, 'm5.large');
    await desk.decide(action, 'approve');
    const { plan } = await desk.until(action, 'succeeded');
    expect(plan?.calls.map((call) => call.operation)).toEqual(['ModifyInstanceAttribute']);
    expect(await aws.look(instance)).toBe('m5.large stopped');
    expect(aws.proxy.mutations(instance)).toEqual(['ModifyInstanceAttribute']);
  });

  it('takes fewer than 100 events of history, with nothing in them but ids, names and sentences', async () => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    const action = await desk.propose(instance, 'm5.large');
    await desk.decide(action, 'approve');
    await desk.until(action, 'succeeded');
    await desk.decide(action, 'rollback');
    await desk.until(action, 'rolled_back');
    const atSuccess = await desk.historyText(action, /"status":"succeeded"/);
    console.log(
      `History of one action: ${atSuccess.events} events up to success, ${atSuccess.total} with a rollback on top`,
    );
    expect(atSuccess.events).toBeGreaterThan(50);
    expect(atSuccess.events).toBeLessThan(100);
    const words = ['m5.large', '123456789012', 'checkout-api', 'BoxUsage', 'StopInstances'];
    expect(words.filter((word) => atSuccess.text.includes(word))).toEqual(['m5.large']);
  });
});

describe('a plan that cannot be made', () => {
  it.each([
    ['the instance does not exist', 'i-00000000000000000', 'm5.large', 'resource_not_found'],
  ])('fails when %s', async (_, instance, target, code) => {
    const { desk } = world;
    const action = await desk.propose(instance, target);
    const failed = await desk.until(action, 'failed');
    expect(failed.failure?.code).toBe(code);
    await expect(desk.handle(action).result()).rejects.toMatchObject({ cause: { type: code } });
  });

  it.each([
    ['the target runs another architecture', 'm6g.large', 'm6g.large does not run x86_64'],
    ['the instance has the type already', 'm5.xlarge', 'already is a m5.xlarge'],
    ['the type does not exist', 'zz9.nope', 'no instance type zz9.nope'],
  ])('fails when %s', async (_, target, sentence) => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    const action = await desk.propose(instance, target);
    const { failure } = await desk.until(action, 'failed');
    expect(failure?.code).toBe('resize_not_supported');
    expect(failure?.detail).toContain(sentence);
    expect(aws.proxy.mutations(instance)).toEqual([]);
  });
});

describe('preflight', () => {
  it.each([
    [
      'its type changed',
      'resource_changed',
      (id: string) => world.aws.changeType(id, 'm5.4xlarge'),
    ],
    ['it was stopped', 'resource_changed', (id: string) => world.aws.stop(id)],
    ['it was terminated', 'resource_not_found', (id: string) => world.aws.terminate(id)],
  ])('refuses an instance when %s since the plan', async (_, code, drift) => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    const action = await desk.propose(instance, 'm5.large');
    await desk.untilPlanned(action);
    await drift(instance);
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'failed');
    expect(failure?.code).toBe(code);
    expect(aws.proxy.mutations(instance)).toEqual([]);
  });

  it.each(ALL_THREE)('names ec2:%s when the permission is missing', async (call) => {
    const { aws, desk } = world;
    const instance = await aws.launch('m5.xlarge');
    const action = await desk.propose(instance, 'm5.large');
    void aws.proxy.on(`DryRun:${call}`, { error: 'UnauthorizedOperation' }, { instance });
    await desk.decide(action, 'approve');
    const { failure } = await desk.until(action, 'failed');
    expect(failure).toMatchObject({ code: 'permission_missing' });
    expect(failure?.detail).toContain(`ec2:${call}`);
    expect(aws.proxy.mutations(instance)).toEqual([]);
  });
});
