import { DescribeInstanceStatusCommand } from '@aws-sdk/client-ec2';
import { checkResize, type ResizeCheck } from '../../../core/actions/checkResize.ts';
import type { ResizePlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { estimateSaving } from '../../../core/pricing/estimateSaving.ts';
import type { StoredAction } from '../../../db/queries/actions/actionRow.ts';
import type { ActionAdapter, Observed, PlanContext } from '../actionAdapter.ts';
import { callEc2, type Ec2Call, listCalls } from './calls.ts';
import type { Ec2, Ec2For } from './createEc2For.ts';
import { type DescribedInstance, describeInstance, isStopProtected } from './describeInstance.ts';
import { describeTypes, isOfferedInZone } from './describeTypes.ts';
import { fromEc2Error } from './fromEc2Error.ts';
import { createResizeSteps } from './resizeSteps.ts';

/** Resizes an EC2 instance: stop, change its type, start; an instance that was stopped stays stopped. */
export function createEc2Resize(ec2For: Ec2For): ActionAdapter<ResizePlan> {
  return {
    plan: (action, context) => planResize(ec2For(action.region), action, context),
    preflight: (plan) => preflightResize(ec2For(plan.resource.region), plan),
    observe: async ({ resource }) => {
      const { instanceType, state } = await describeInstance(
        ec2For(resource.region),
        resource.resourceId,
      );
      return { instanceType, state };
    },
    listSteps: (plan) =>
      plan.before.state === 'running'
        ? [
            'stopInstance',
            'waitUntilStopped',
            'changeInstanceType',
            'startInstance',
            'waitUntilRunning',
          ]
        : ['changeInstanceType'],
    steps: createResizeSteps(ec2For),
    assertArrived,
    checkHealth: (plan) => checkStatus(ec2For(plan.resource.region), plan),
  };
}

async function planResize(
  ec2: Ec2,
  action: StoredAction,
  context: PlanContext,
): Promise<ResizePlan> {
  const target = typeOf(action);
  const instance = await describeSettled(ec2, action.resourceId);
  const risks = await assertPossible(ec2, action.resourceId, instance, target);
  const runs = instance.state === 'running';
  const { saving, basis } = estimateSaving({
    from: instance.instanceType,
    to: target,
    region: action.region,
    runs,
    paid: await context.listPaidHours([instance.instanceType, target]),
    days: context.paidDays,
  });
  return {
    kind: 'resize_instance',
    resource: {
      provider: action.provider,
      accountId: instance.accountId,
      region: action.region,
      resourceId: action.resourceId,
      resourceName: instance.name,
    },
    before: { instanceType: instance.instanceType, state: instance.state },
    after: { instanceType: target, state: instance.state },
    calls: listCalls(action.resourceId, target, runs),
    expectedMonthlySaving: saving,
    savingBasis: basis,
    risks,
  };
}

function typeOf({ target }: StoredAction): string {
  if ('instanceType' in target) return target.instanceType;
  throw new TypeError('A resize without a type was planned.');
}

function assertArrived({ after }: ResizePlan, observed: Observed): void {
  if (observed['instanceType'] !== after.instanceType) {
    throw new CostGuardError(
      'resource_changed',
      `The instance does not have the type ${after.instanceType}.`,
    );
  }
  if (observed['state'] !== after.state) {
    throw new CostGuardError('resource_busy', `The instance is not ${after.state} yet.`);
  }
}

async function preflightResize(ec2: Ec2, plan: ResizePlan): Promise<void> {
  const { resourceId } = plan.resource;
  const instance = await describeSettled(ec2, resourceId);
  const { instanceType, state } = plan.before;
  if (instance.instanceType !== instanceType || instance.state !== state) {
    throw new CostGuardError(
      'resource_changed',
      `The plan was made for a ${instanceType} that is ${state}; it now is a ${instance.instanceType} that is ${instance.state}. Propose the action again.`,
    );
  }
  const target = plan.after.instanceType;
  await assertPossible(ec2, resourceId, instance, target);
  for (const { operation } of plan.calls) {
    await callEc2(
      ec2,
      operation as Ec2Call,
      { instanceId: resourceId, instanceType: target },
      true,
    );
  }
}

async function describeSettled(ec2: Ec2, instanceId: string): Promise<DescribedInstance> {
  const instance = await describeInstance(ec2, instanceId);
  if (instance.state === 'running' || instance.state === 'stopped') return instance;
  throw new CostGuardError(
    'resource_busy',
    `The instance is ${instance.state}; the plan needs it running or stopped.`,
  );
}

async function assertPossible(
  ec2: Ec2,
  instanceId: string,
  instance: DescribedInstance,
  target: string,
): Promise<ResizeCheck['risks']> {
  const types = await describeTypes(ec2, instance.instanceType, target);
  const offered = await isOfferedInZone(ec2, target, instance.zone);
  const facts = { ...instance, isStopProtected: await isStopProtected(ec2, instanceId) };
  const { refusals, risks } = checkResize(facts, types.from, types.to, offered);
  if (refusals.length === 0) return risks;
  throw new CostGuardError('resize_not_supported', refusals.join(' '));
}

async function checkStatus(
  { read }: Ec2,
  plan: ResizePlan,
): Promise<'healthy' | 'pending' | 'impaired'> {
  if (plan.after.state !== 'running') return 'healthy';
  const answer = await read
    .send(new DescribeInstanceStatusCommand({ InstanceIds: [plan.resource.resourceId] }))
    .catch((error: unknown) => {
      throw fromEc2Error(error, 'DescribeInstanceStatus');
    });
  const [status] = answer.InstanceStatuses ?? [];
  // An endpoint that has no status checks names none; type and state were compared before.
  const checks = [status?.InstanceStatus?.Status, status?.SystemStatus?.Status].filter(
    (check) => check !== undefined,
  );
  if (checks.includes('impaired')) return 'impaired';
  return checks.every((check) => check === 'ok' || check === 'not-applicable')
    ? 'healthy'
    : 'pending';
}
