import type { ActionPlan, DeleteVolumePlan, MachinePlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { StepView } from '../actionAdapter.ts';
import type { ResourceRef } from '../compute/computeCloud.ts';

/** Where a plan's resource is. */
export function refOf({ resource }: ActionPlan): ResourceRef {
  return { resourceId: resource.resourceId, region: resource.region };
}

/** Whether the resource was seen in one of these states. */
export function isOneOf({ observed }: Pick<StepView, 'observed'>, ...states: string[]): boolean {
  return states.includes(observed['state'] ?? '');
}

/** Whether two names are of one type. Azure takes a size in any case, and answers with the one that it was sent. */
export function isSameType(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/** Why a step stops: going on would undo what somebody else did. */
export function changedBySomebody(detail: string): CostGuardError {
  return new CostGuardError('resource_changed', detail);
}

/** A machine as a plan was made for it, against what it is now. @throws CostGuardError `resource_changed` */
export function assertAsPlanned(
  { before }: MachinePlan,
  now: { instanceType: string; state: string },
): void {
  if (isSameType(now.instanceType, before.instanceType) && now.state === before.state) return;
  throw changedBySomebody(
    `The plan was made for a ${before.instanceType} that is ${before.state}; it now is a ${now.instanceType} that is ${now.state}. Propose the action again.`,
  );
}

/** The name of the snapshot that a plan leaves behind. */
export function snapshotOf({ after }: DeleteVolumePlan): string {
  if (after.snapshotName !== null) return after.snapshotName;
  throw new TypeError('A deletion was planned without a snapshot.');
}
