import { type StepName, STEPS } from '../../core/actions/steps.ts';
import type { ActionDeps } from './actionDeps.ts';
import { createPlanAction } from './planAction.ts';
import { createPreflightAction } from './preflightAction.ts';
import { createRecordRefusals, createRecordTransition } from './recordTransition.ts';
import { createRemindOfAction } from './remindOfAction.ts';
import { runStep, type StepInput, type StepResult } from './runStep.ts';
import { createMeasureSaving } from './savings/measureSaving.ts';
import { createStoreBaseline } from './savings/storeBaseline.ts';
import { createSettleDecision } from './settleDecision.ts';
import { createVerifyAction } from './verifyAction.ts';

/** The activities that carry an action's steps out, one by name for each step. */
export type StepActivities = Record<StepName, (input: StepInput) => Promise<StepResult>>;

/** Every activity of task queue `actions`. */
export type ActionActivities = ReturnType<typeof createActionActivities>;

/** Makes the activities of task queue `actions`. A step's activity bears the step's name, for the Temporal Web UI. */
export function createActionActivities(deps: ActionDeps) {
  const step = (name: StepName) => (input: StepInput) => runStep(deps, name, input);
  const steps = Object.fromEntries(
    (Object.keys(STEPS) as StepName[]).map((name) => [name, step(name)]),
  ) as StepActivities;
  return {
    ...steps,
    planAction: createPlanAction(deps),
    settleDecision: createSettleDecision(deps),
    preflightAction: createPreflightAction(deps),
    verifyAction: createVerifyAction(deps),
    recordTransition: createRecordTransition(deps),
    recordRefusals: createRecordRefusals(deps),
    remindOfAction: createRemindOfAction(deps),
    storeBaseline: createStoreBaseline(deps),
    measureSaving: createMeasureSaving(deps),
  };
}
