import type { ActionPlan, MachinePlan } from '../contracts/action.ts';
import type { Direction, StepName } from './steps.ts';

const STOP: readonly StepName[] = ['stopInstance', 'waitUntilStopped'];
const START: readonly StepName[] = ['startInstance', 'waitUntilRunning'];

/** The steps of a plan in a direction, in order; the same at every provider. */
export function listSteps(plan: ActionPlan, direction: Direction): StepName[] {
  switch (plan.kind) {
    case 'resize_instance':
    case 'stop_instance':
    case 'start_instance':
      return machineSteps(plan, direction);
    case 'delete_volume':
      return direction === 'forward'
        ? ['createSnapshot', 'waitForSnapshot', 'deleteVolume', 'waitUntilDeleted']
        : ['restoreVolume', 'waitUntilRestored'];
    case 'limit_api_key':
      return ['limitApiKey'];
  }
}

function machineSteps(plan: MachinePlan, direction: Direction): StepName[] {
  if (plan.kind === 'resize_instance') {
    return plan.before.state === 'running'
      ? [...STOP, 'changeInstanceType', ...START]
      : ['changeInstanceType'];
  }
  return [...((plan.kind === 'stop_instance') === (direction === 'forward') ? STOP : START)];
}
