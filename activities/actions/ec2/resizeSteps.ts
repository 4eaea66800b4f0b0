import type { ResizePlan } from '../../../core/contracts/action.ts';
import type { ActionAdapter, Step, StepView as ViewOf } from '../actionAdapter.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { callEc2, type Ec2Call } from './calls.ts';
import type { Ec2For } from './createEc2For.ts';

type StepView = ViewOf<ResizePlan>;

/**
 * The steps of a resize. The way back takes the same steps towards the plan's `before`, so it, too, stops only what has
 * to change, and starts only what we stopped. AWS answers a describe with the state of some moments ago at times; each
 * of the calls does no harm when the instance is there already.
 */
export function createResizeSteps(ec2For: Ec2For): ActionAdapter<ResizePlan>['steps'] {
  const call =
    (name: Ec2Call) =>
    ({ plan, goal }: StepView) =>
      callEc2(ec2For(plan.resource.region), name, {
        instanceId: plan.resource.resourceId,
        instanceType: goal.instanceType,
      });
  return {
    stopInstance: { ...stopInstance, act: call('StopInstances') },
    waitUntilStopped,
    changeInstanceType: { ...changeInstanceType, act: call('ModifyInstanceAttribute') },
    startInstance: { ...startInstance, act: call('StartInstances') },
    waitUntilRunning,
  };
}

const stopInstance: Step<ResizePlan> = {
  isDone: (view) => {
    assertOurs(view);
    if (hasGoalType(view)) return true;
    if (!isOneOf(view, 'stopped', 'stopping')) return false;
    if (stoppedByUs(view)) return true;
    throw changed('Somebody else stopped the instance; nothing was changed.');
  },
  summary: (view) =>
    hasGoalType(view) ? 'No stop was needed: the type is right already' : 'Stopped the instance',
};

const waitUntilStopped: Step<ResizePlan> = {
  isDone: (view) => {
    assertOurs(view);
    return hasGoalType(view) || isOneOf(view, 'stopped');
  },
  summary: (view) => `The instance is ${String(view.observed['state'])}`,
};

const changeInstanceType: Step<ResizePlan> = {
  isDone: (view) => {
    assertOurs(view);
    if (hasGoalType(view)) return true;
    if (isOneOf(view, 'stopped')) return false;
    if (stoppedByUs(view)) {
      throw new CostGuardError(
        'resource_busy',
        'The instance is not stopped yet; the step is repeated.',
      );
    }
    throw changed('Somebody else started the instance; its type was left as it is.');
  },
  summary: ({ goal }) => `The instance's type is ${goal.instanceType}`,
};

const startInstance: Step<ResizePlan> = {
  isDone: (view) => {
    assertOurs(view);
    return mayStayStopped(view) || isOneOf(view, 'pending', 'running');
  },
  summary: (view) =>
    mayStayStopped(view) ? 'No start was needed: it was not stopped' : 'Started the instance',
};

const waitUntilRunning: Step<ResizePlan> = {
  isDone: (view) => {
    assertOurs(view);
    return mayStayStopped(view) || isOneOf(view, 'running');
  },
  summary: (view) => `The instance is ${String(view.observed['state'])}`,
};

function assertOurs({ plan, observed }: StepView): void {
  const known = [plan.before.instanceType, plan.after.instanceType];
  if (known.includes(observed['instanceType'] ?? '')) return;
  throw changed('Somebody else gave the instance another type; it was left as it is.');
}

function changed(detail: string): CostGuardError {
  return new CostGuardError('resource_changed', detail);
}

const hasGoalType = ({ observed, goal }: StepView) =>
  observed['instanceType'] === goal.instanceType;

const isOneOf = ({ observed }: StepView, ...states: string[]) =>
  states.includes(observed['state'] ?? '');

// The ledger counts a call before it is made: without a count, the stop was not ours.
const stoppedByUs = ({ callsMade }: StepView) => callsMade('stopInstance') > 0;

const mayStayStopped = (view: StepView) => view.goal.state !== 'running' || !stoppedByUs(view);
