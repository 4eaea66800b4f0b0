import { proxyActivities } from '@temporalio/workflow';
import { STEPS, type StepName } from '../core/actions/steps.ts';
import type {
  ActionActivities,
  StepActivities,
} from '../activities/actions/createActionActivities.ts';
import type { StepInput, StepResult } from '../activities/actions/runStep.ts';

/** Writes to our own database: short, and repeated until they succeed. */
export const records = proxyActivities<
  Pick<
    ActionActivities,
    'settleDecision' | 'recordTransition' | 'recordRefusals' | 'remindOfAction'
  >
>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
});

/** Reads and dry runs at the provider: given up after half an hour, when nothing has been changed yet. */
export const looks = proxyActivities<
  Pick<ActionActivities, 'planAction' | 'preflightAction' | 'verifyAction'>
>({
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '30 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
});

// A changing call is never abandoned half-way: a cancellation waits until it is known what became of it.
const mutating = {
  startToCloseTimeout: '20 minutes',
  heartbeatTimeout: '10 seconds',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} as const;

const forward = proxyActivities<StepActivities>({
  ...mutating,
  scheduleToCloseTimeout: '30 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
});

// The way back is tried for long: what ran before must run again.
const back = proxyActivities<StepActivities>({
  ...mutating,
  scheduleToCloseTimeout: '6 hours',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** Runs one step as an activity of its own, titled for the Temporal Web UI. */
export function runStep(step: StepName, input: StepInput): Promise<StepResult> {
  const isBack = input.direction === 'back';
  const summary = isBack ? `Way back: ${STEPS[step].title.toLowerCase()}` : STEPS[step].title;
  return (isBack ? back : forward)[step].executeWithOptions({ summary }, [input]);
}
