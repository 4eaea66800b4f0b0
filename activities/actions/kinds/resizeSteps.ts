import type { MachinePlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { ActionAdapter, Step, StepView as ViewOf } from '../actionAdapter.ts';
import type { MachineCloud } from '../compute/computeCloud.ts';
import { changedBySomebody, isOneOf, isSameType, refOf } from './planView.ts';

type StepView = ViewOf<MachinePlan>;

/**
 * The steps of a resize. The way back takes the same steps towards the plan's `before`, so it, too, stops only what has
 * to change, and starts only what we stopped. A cloud answers a describe with the state of some moments ago at times;
 * each of the calls does no harm when the machine is there already.
 */
export function createResizeSteps(cloud: MachineCloud): ActionAdapter<MachinePlan>['steps'] {
  return {
    stopInstance: { ...stopInstance, act: ({ plan, key }) => cloud.stop(refOf(plan), key) },
    waitUntilStopped,
    changeInstanceType: {
      ...changeInstanceType,
      act: ({ plan, goal, key }) => cloud.setType(refOf(plan), goal.instanceType, key),
    },
    startInstance: { ...startInstance, act: ({ plan, key }) => cloud.start(refOf(plan), key) },
    waitUntilRunning,
  };
}

const stopInstance: Step<MachinePlan> = {
  isDone: (view) => {
    assertOurs(view);
    if (hasGoalType(view)) return true;
    if (!isOneOf(view, 'stopped', 'stopping')) return false;
    if (stoppedByUs(view)) return true;
    throw changedBySomebody('Somebody else stopped the machine; nothing was changed.');
  },
  summary: (view) =>
    hasGoalType(view) ? 'No stop was needed: the type is right already' : 'Stopped the instance',
};

const waitUntilStopped: Step<MachinePlan> = {
  isDone: (view) => {
    assertOurs(view);
    return hasGoalType(view) || isOneOf(view, 'stopped');
  },
  summary: (view) => `The instance is ${String(view.observed['state'])}`,
};

const changeInstanceType: Step<MachinePlan> = {
  isDone: (view) => {
    assertOurs(view);
    if (hasGoalType(view)) return true;
    if (isOneOf(view, 'stopped')) return false;
    if (mayBeStale(view)) {
      throw new CostGuardError(
        'resource_busy',
        'The instance is not stopped yet; the step is repeated.',
      );
    }
    throw changedBySomebody('Somebody else started the machine; its type was left as it is.');
  },
  summary: ({ goal }) => `The instance's type is ${goal.instanceType}`,
};

const startInstance: Step<MachinePlan> = {
  isDone: (view) => {
    assertOurs(view);
    return mayStayStopped(view) || isOneOf(view, 'pending', 'running');
  },
  summary: (view) =>
    mayStayStopped(view) ? 'No start was needed: it was not stopped' : 'Started the instance',
};

const waitUntilRunning: Step<MachinePlan> = {
  isDone: (view) => {
    assertOurs(view);
    return mayStayStopped(view) || isOneOf(view, 'running');
  },
  summary: (view) => `The instance is ${String(view.observed['state'])}`,
};

function assertOurs({ plan, observed }: StepView): void {
  const known = [plan.before.instanceType, plan.after.instanceType];
  if (known.some((type) => isSameType(observed['instanceType'], type))) return;
  throw changedBySomebody('Somebody else gave the instance another type; it was left as it is.');
}

const hasGoalType = ({ observed, goal }: StepView) =>
  isSameType(observed['instanceType'], goal.instanceType);

// The ledger counts a call before it is made: without a count, the stop was not ours.
const stoppedByUs = ({ callsMade }: StepView) => callsMade('stopInstance') > 0;

// The step before saw it stopped. A describe can be older than that by some seconds, and never by more than the pauses of
// this many runs, some 15 seconds; a machine that is starting is no older answer.
const OLD_ANSWERS_MAX = 4;
const mayBeStale = (view: StepView) =>
  stoppedByUs(view) && !isOneOf(view, 'pending') && view.key.attempt <= OLD_ANSWERS_MAX;

const mayStayStopped = (view: StepView) => view.goal.state !== 'running' || !stoppedByUs(view);
