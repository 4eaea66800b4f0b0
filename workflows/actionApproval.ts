import { CancellationScope, condition, isCancellation, patched } from '@temporalio/workflow';
import type { Failure, Move } from '../core/actions/move.ts';
import type { WaitingNotice } from '../core/actions/waitingNotices.ts';
import type { ActionStatus } from '../core/contracts/action.ts';
import type { PlannedAction } from '../activities/actions/planAction.ts';
import type { PreflightResult } from '../activities/actions/preflightAction.ts';
import { looks, records, runStep } from './actionApprovalActivities.ts';
import { type DecisionDesk, openDesk } from './actionApprovalDecisions.ts';
import { failureOf, toEnd } from './actionApprovalFailure.ts';
import { beginMeasuring, rememberCosts } from './actionApprovalMeasure.ts';
import { beginStory, type Story } from './actionApprovalStory.ts';
import type { ActionApprovalInput } from './messages.ts';

/**
 * The life of one action: planned, decided by a person, checked again, carried out step by step, verified, open for a
 * rollback until its time is over, and measured for what it saves. Returns the status that it ends with; an action that
 * failed, or that had to be taken back, ends the run as failed, with the code as the failure's type.
 */
export async function actionApproval({ actionId }: ActionApprovalInput): Promise<ActionStatus> {
  const story = beginStory(actionId);
  const desk = openDesk(story);
  try {
    const plan = await getReady(story, desk);
    if (plan === undefined) return story.status();
    await carryOut(story, desk, plan);
    return story.status();
  } finally {
    await desk.close();
  }
}

/** Up to the moment before anything is changed; undefined when a person or the clock ended the action. */
async function getReady(story: Story, desk: DecisionDesk): Promise<PlannedAction | undefined> {
  const { actionId } = story;
  try {
    const plan = await looks.planAction.executeWithOptions({ summary: 'Read the resource' }, [
      { actionId },
    ]);
    story.planned(plan);
    await waitForDecision(story, desk, plan);
    await desk.settle();
    if (story.status() !== 'approved') return undefined;
    await rememberCosts(story);
    await passPreflight(story, desk);
    return story.status() === 'preflight' ? plan : undefined;
  } catch (error) {
    if (isCancellation(error)) {
      await story.record('cancelled', 'An operator cancelled the workflow');
      throw error;
    }
    const failure = failureOf(error);
    await story.record('failed', failure.detail, failure);
    throw toEnd(failure);
  }
}

/** Checks the resource and the policies again; where a change window is closed, waits for it and checks once more. */
async function passPreflight(story: Story, desk: DecisionDesk): Promise<void> {
  const enter = story.make(story.moveTo('preflight', 'Checking the resource again'));
  for (;;) {
    const { waitUntil } = await checkAgain(story.actionId, enter);
    // Somebody may have cancelled meanwhile; from here on the way back is a rollback.
    await desk.settle();
    if (story.status() !== 'preflight' || waitUntil === undefined) return;
    story.note(`waits for the change window that opens at ${waitUntil}`);
    await waitForWindow(story, desk, Date.parse(waitUntil));
    if (story.status() !== 'preflight') return;
  }
}

async function checkAgain(actionId: string, enter: Move): Promise<PreflightResult> {
  const found = await looks.preflightAction.executeWithOptions({ summary: 'Check again' }, [
    { actionId, enter },
  ]);
  // Until release 0.1 there were no change windows, and a preflight that did not fail ended in nothing. May go when no
  // workflow from before runs, which is 30 days after the update at the latest.
  if ((found as PreflightResult | null)?.waitUntil === undefined) return {};
  return patched('waits-for-change-window') ? found : {};
}

async function waitForWindow(story: Story, desk: DecisionDesk, opensAtMs: number): Promise<void> {
  while (story.status() === 'preflight') {
    const leftMs = opensAtMs - Date.now();
    if (leftMs <= 0) return;
    await condition(desk.hasWaiting, leftMs, { summary: 'The change window opens' });
    await desk.settle();
    await story.flush();
  }
}

/**
 * One of decision and expiry wins: a decision that has arrived is settled before the clock is looked at. In between people
 * are told that the action waits.
 */
async function waitForDecision(story: Story, desk: DecisionDesk, plan: PlannedAction) {
  const expiresAtMs = Date.parse(plan.expiresAt);
  const notices = [...(plan.notices ?? [])];
  for (;;) {
    await desk.settle();
    await story.flush();
    if (desk.hasWaiting()) continue;
    if (story.status() !== 'proposed') return;
    const leftMs = expiresAtMs - Date.now();
    if (leftMs <= 0) {
      await story.record('expired', 'Nobody decided in time');
      return;
    }
    const next = notices[0];
    const untilNextMs = next === undefined ? Infinity : Date.parse(next.at) - Date.now();
    if (next !== undefined && untilNextMs <= 0) {
      notices.shift();
      await remind(story, next);
    } else {
      const summary = untilNextMs < leftMs ? 'A message is due' : 'The proposal expires';
      await condition(desk.hasWaiting, Math.min(untilNextMs, leftMs), { summary });
    }
  }
}

async function remind({ actionId, note }: Story, { stage }: WaitingNotice): Promise<void> {
  const isEscalation = stage === 'escalation';
  const summary = isEscalation ? 'Tell others that nobody has decided' : 'Remind of it';
  await records.remindOfAction.executeWithOptions({ summary }, [{ actionId, stage }]);
  note(isEscalation ? 'others were told that nobody has decided' : 'people were reminded of it');
}

/** Changes the resource. Whatever goes wrong from the first call on, the way back is taken. */
async function carryOut(story: Story, desk: DecisionDesk, plan: PlannedAction): Promise<void> {
  const { actionId } = story;
  try {
    let enter: Move | undefined = story.make(story.moveTo('executing', 'Carrying the plan out'));
    for (const step of plan.steps) {
      await runStep(step, { actionId, direction: 'forward', ...(enter && { enter }) });
      enter = undefined;
    }
    const verifying = story.make(story.moveTo('verifying', 'Checking the result'));
    await looks.verifyAction.executeWithOptions({ summary: 'Verify' }, [
      { actionId, enter: verifying },
    ]);
  } catch (error) {
    const failure = failureOf(error);
    const enter = story.make(
      story.moveTo('rolling_back', `Going back: ${failure.detail}`, failure),
    );
    await CancellationScope.nonCancellable(() => rollBack(story, desk, plan, enter));
    if (isCancellation(error)) throw error;
    throw toEnd(failure);
  }
  const { rollbackUntil } = await story.record('succeeded', 'Done and verified');
  const measuring = beginMeasuring(story);
  try {
    await keepRollbackOpen(story, desk, plan, Date.parse(rollbackUntil ?? ''));
  } finally {
    await measuring.finish(desk);
  }
}

/** After success a person can still have everything put back, for a time. */
async function keepRollbackOpen(
  story: Story,
  desk: DecisionDesk,
  plan: PlannedAction,
  untilMs: number,
): Promise<void> {
  while (story.status() === 'succeeded') {
    const leftMs = untilMs - Date.now();
    if (!(leftMs > 0) && !desk.hasWaiting()) return;
    if (leftMs > 0) {
      await condition(desk.hasWaiting, leftMs, { summary: 'The rollback window closes' });
    }
    await desk.settle();
    await story.flush();
  }
  await CancellationScope.nonCancellable(() => rollBack(story, desk, plan));
}

/**
 * Restores what was. When that fails for good, the action stays open, for a person to mend what stands in the way and
 * ask for another try: it never ends with an instance half changed and nobody told.
 */
async function rollBack(story: Story, desk: DecisionDesk, plan: PlannedAction, enter?: Move) {
  let failure = await takeStepsBack(story, plan, enter);
  while (failure !== undefined) {
    if (failure.code === 'resource_not_found') {
      await story.record('failed', 'The resource is gone; nothing is left to restore', failure);
      throw toEnd(failure);
    }
    await awaitRetry(story, desk, failure);
    failure = await takeStepsBack(story, plan);
  }
  await story.record('rolled_back', 'Everything is as it was before');
}

async function takeStepsBack(
  { actionId }: Story,
  plan: PlannedAction,
  first?: Move,
): Promise<Failure | undefined> {
  let enter = first;
  try {
    for (const step of plan.stepsBack ?? plan.steps) {
      await runStep(step, { actionId, direction: 'back', ...(enter && { enter }) });
      enter = undefined;
    }
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

async function awaitRetry(story: Story, desk: DecisionDesk, failure: Failure): Promise<void> {
  await story.record('rollback_failed', `Not restored: ${failure.detail}`, failure);
  while (story.status() === 'rollback_failed') {
    await condition(desk.hasWaiting);
    await desk.settle();
    await story.flush();
  }
}
