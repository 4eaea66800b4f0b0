import type { StepName } from '../../../core/actions/steps.ts';
import type { MachinePlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { ActionAdapter, Step, StepView as ViewOf } from '../actionAdapter.ts';
import type { MachineCloud } from '../compute/computeCloud.ts';
import { changedBySomebody, isOneOf, isSameType, refOf } from './planView.ts';

type StepView = ViewOf<MachinePlan>;

/** The steps of stopping or starting a machine; the way back of one is the other, and only where we made the first. */
export function createPowerSteps(cloud: MachineCloud): ActionAdapter<MachinePlan>['steps'] {
  return {
    stopInstance: {
      ...power('stopInstance', ['stopping', 'stopped'], 'pending'),
      act: ({ plan, key }) => cloud.stop(refOf(plan), key),
    },
    waitUntilStopped: wait('stopped'),
    startInstance: {
      ...power('startInstance', ['pending', 'running'], 'stopping'),
      act: ({ plan, key }) => cloud.start(refOf(plan), key),
    },
    waitUntilRunning: wait('running'),
  };
}

type Power = 'stopInstance' | 'startInstance';

function power(call: Power, there: string[], onTheWay: string): Step<MachinePlan> {
  return {
    isDone: (view) => {
      if (isNothingOurs(view)) return true;
      assertSameType(view);
      if (isOneOf(view, ...there)) {
        if (view.direction === 'back' || view.callsMade(call) > 0) return true;
        throw changedBySomebody(
          `Somebody else ${call === 'stopInstance' ? 'stopped' : 'started'} the machine meanwhile; nothing was changed.`,
        );
      }
      if (!isOneOf(view, onTheWay)) return false;
      throw new CostGuardError(
        'resource_busy',
        `The machine is ${String(view.observed['state'])}; the step is repeated.`,
      );
    },
    summary: (view) => {
      if (isNothingOurs(view)) return 'Nothing of ours was to be taken back';
      return call === 'stopInstance' ? 'Stopped the instance' : 'Started the instance';
    },
  };
}

function wait(state: string): Step<MachinePlan> {
  return {
    isDone: (view) => isNothingOurs(view) || isOneOf(view, state),
    summary: (view) => `The instance is ${String(view.observed['state'])}`,
  };
}

// The ledger counts a call before it is made: without a count of the way forth there is no way back.
function isNothingOurs({ plan, direction, callsMade }: StepView): boolean {
  const forth: StepName = plan.after.state === 'stopped' ? 'stopInstance' : 'startInstance';
  return direction === 'back' && callsMade(forth) === 0;
}

// On the way back another type is somebody's wish, and does not keep the power from being as it was.
function assertSameType({ plan, direction, observed }: StepView): void {
  if (direction === 'back' || isSameType(observed['instanceType'], plan.before.instanceType))
    return;
  throw changedBySomebody('Somebody else gave the machine another type; nothing was changed.');
}
