import { cancellationSignal, sleep } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { Move } from '../../core/actions/move.ts';
import { type Direction, stepKey, type StepName } from '../../core/actions/steps.ts';
import type { ActionPlan } from '../../core/contracts/action.ts';
import { CostGuardError } from '../../core/errors.ts';
import { beginStep } from '../../db/queries/actions/beginStep.ts';
import { claimCall } from '../../db/queries/actions/claimCall.ts';
import { finishStep } from '../../db/queries/actions/finishStep.ts';
import { listActionSteps } from '../../db/queries/actions/listActionSteps.ts';
import type { ActionAdapter, Step, StepView } from './actionAdapter.ts';
import type { ActionDeps } from './actionDeps.ts';
import type { CallKey } from './compute/computeCloud.ts';
import { heartbeating } from './heartbeating.ts';
import { getPlannedAction, patiently } from './plannedAction.ts';
import { assertNotFrozen } from './assertNotFrozen.ts';
import { projectMove } from './projectMove.ts';

/** One step of an action, towards the plan's end or back to its beginning. */
export interface StepInput {
  actionId: string;
  direction: Direction;
  /** The stage that this step opens, when it is the first of one. */
  enter?: Move;
}

/** Whether the provider was asked to change something. */
export interface StepResult {
  acted: boolean;
}

/**
 * Carries out one step: look, call the provider only if something is left to do, look again. Written down before and
 * after. Safe to run twice, and safe to be killed anywhere: the next run looks first, so a call that happened is not
 * made again; and an old run that goes on beside its successor may not call any more.
 */
export async function runStep(
  deps: ActionDeps,
  name: StepName,
  input: StepInput,
): Promise<StepResult> {
  const { actionId, direction } = input;
  const { action, plan, adapter } = await getPlannedAction(deps, actionId);
  const step = adapter.steps[name];
  if (step === undefined) throw new TypeError(`${plan.kind} has no step ${name}.`);
  const ref = { actionId, key: stepKey(name, direction) };
  const goal = direction === 'forward' ? plan.after : plan.before;
  const attempt = await deps.db.transaction().execute(async (tx) => {
    if (direction === 'forward') await assertNotFrozen(tx, action, plan, input.enter);
    await projectMove(tx, actionId, input.enter);
    return beginStep(tx, ref, { goal });
  });
  const callKey = { actionId, step: ref.key, attempt };
  const look = () => lookAt(deps, { plan, adapter, goal, key: callKey, ...input });
  const claim = async () => {
    const stage = direction === 'forward' ? 'executing' : 'rolling_back';
    if (await claimCall(deps.db, ref, attempt, stage)) return;
    throw new CostGuardError(
      'action_wrong_state',
      'A newer run of this step, or a rollback, has taken over.',
    );
  };
  return heartbeating(async () => {
    const acted = await advanceStep(step, look, claim).catch((error: unknown) => {
      throw direction === 'back' ? patiently(error) : error;
    });
    const view = acted ? await look() : await waitFor(step, look, deps.pollMs);
    await deps.db
      .transaction()
      .execute((tx) =>
        finishStep(tx, ref, { observed: view.observed, summary: step.summary(view) }),
      );
    return { acted };
  });
}

async function advanceStep(
  step: Step,
  look: () => Promise<StepView>,
  claim: () => Promise<void>,
): Promise<boolean> {
  if (step.act === undefined) return false;
  const view = await look();
  if (step.isDone(view)) return false;
  // Asked here and not in the middle of the call: a call on its way is seen through.
  if (cancellationSignal().aborted) throw new CancelledFailure('Cancelled before the call.');
  await claim();
  await step.act(view, claim);
  return true;
}

async function waitFor(
  step: Step,
  look: () => Promise<StepView>,
  { first, max } = { first: 2_000, max: 10_000 },
): Promise<StepView> {
  for (let pauseMs = first; ; pauseMs = Math.min(pauseMs * 1.5, max)) {
    const view = await look();
    if (step.isDone(view)) return view;
    await sleep(pauseMs);
  }
}

async function lookAt(
  { db }: ActionDeps,
  at: {
    actionId: string;
    direction: Direction;
    plan: ActionPlan;
    goal: ActionPlan['after'];
    adapter: ActionAdapter;
    key: CallKey;
  },
): Promise<StepView> {
  const { plan, direction, goal, adapter, key } = at;
  const ledger = await listActionSteps(db, at.actionId);
  const observed = await adapter.observe(plan);
  const callsMade = (name: StepName) =>
    ledger
      .filter((step) => step.key === stepKey(name, 'forward') || step.key === stepKey(name, 'back'))
      .reduce((sum, { callsMade: calls }) => sum + calls, 0);
  return { plan, direction, goal, observed, key, callsMade };
}
