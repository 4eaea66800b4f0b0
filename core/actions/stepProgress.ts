import type { ActionPlan, ActionStatus } from '../contracts/action.ts';
import type { ActionStep } from '../contracts/actionStep.ts';
import { listSteps } from './listSteps.ts';
import { type Direction, STEPS, stepKey } from './steps.ts';

/** What the ledger holds of a step that has begun. */
export interface BegunStep {
  key: string;
  attempts: number;
  /** ISO instants. */
  startedAt: string;
  finishedAt: string | null;
}

const BACK: readonly ActionStatus[] = ['rolling_back', 'rolled_back', 'rollback_failed'];
const AHEAD: readonly ActionStatus[] = ['proposed', 'approved', 'preflight', 'executing'];

/**
 * How far each step of a plan is: those towards the plan's end, then, once the way back was taken, those of it. A step that
 * began and did not finish is `running` as long as its direction is the action's, and `interrupted` after that.
 */
export function stepProgress(
  plan: ActionPlan,
  status: ActionStatus,
  ledger: readonly BegunStep[],
): ActionStep[] {
  const wentBack = BACK.includes(status) || ledger.some(({ key }) => key.startsWith('back.'));
  return [
    ...progressOf('forward', AHEAD.includes(status)),
    ...(wentBack ? progressOf('back', status === 'rolling_back') : []),
  ];

  function progressOf(direction: Direction, isUnderWay: boolean): ActionStep[] {
    return listSteps(plan, direction).map((name) => {
      const begun = ledger.find(({ key }) => key === stepKey(name, direction));
      return {
        name,
        title: STEPS[name].title,
        direction,
        changes: STEPS[name].mutates,
        state: stateOf(begun, isUnderWay),
        attempts: begun?.attempts ?? 0,
        startedAt: begun?.startedAt ?? null,
        finishedAt: begun?.finishedAt ?? null,
      };
    });
  }
}

function stateOf(begun: BegunStep | undefined, isUnderWay: boolean): ActionStep['state'] {
  if (begun === undefined) return isUnderWay ? 'waiting' : 'not_reached';
  if (begun.finishedAt !== null) return 'done';
  return isUnderWay ? 'running' : 'interrupted';
}
