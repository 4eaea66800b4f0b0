import type { DeleteVolumePlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { ActionAdapter, Step, StepView as ViewOf } from '../actionAdapter.ts';
import type { VolumeCloud } from '../compute/computeCloud.ts';
import { changedBySomebody, isOneOf, refOf, snapshotOf } from './planView.ts';

type StepView = ViewOf<DeleteVolumePlan>;

/** The steps of deleting a disk, and those of making it again. */
export function createVolumeSteps(cloud: VolumeCloud): ActionAdapter<DeleteVolumePlan>['steps'] {
  return {
    createSnapshot: {
      ...createSnapshot,
      act: ({ plan, key }) => cloud.createSnapshot(refOf(plan), snapshotOf(plan), key),
    },
    waitForSnapshot,
    deleteVolume: { ...deleteVolume, act: ({ plan, key }) => cloud.delete(refOf(plan), key) },
    waitUntilDeleted,
    restoreVolume: {
      ...restoreVolume,
      act: async ({ plan, observed, key }) => {
        const { accountId, resourceName: name } = plan.resource;
        const snapshotId = observed['snapshotId'] ?? '';
        await cloud.restore(
          refOf(plan),
          { accountId, name, ...plan.before },
          { snapshotId, state: 'completed' },
          key,
        );
      },
    },
    waitUntilRestored,
  };
}

const createSnapshot: Step<DeleteVolumePlan> = {
  isDone: (view) => {
    assertUnused(view);
    return view.observed['snapshot'] !== 'none';
  },
  summary: ({ plan }) => `Began the snapshot ${snapshotOf(plan)}`,
};

const waitForSnapshot: Step<DeleteVolumePlan> = {
  isDone: (view) => {
    assertUnused(view);
    return isSnapshotComplete(view);
  },
  summary: ({ observed }) => `The snapshot ${String(observed['snapshotId'])} is complete`,
};

const deleteVolume: Step<DeleteVolumePlan> = {
  isDone: (view) => {
    if (isOneOf(view, 'deleted', 'deleting')) {
      if (deletedByUs(view)) return true;
      throw changedBySomebody('Somebody else deleted the disk; its snapshot stays.');
    }
    assertUnused(view);
    if (isSnapshotComplete(view)) return false;
    throw new CostGuardError('resource_busy', 'The snapshot is not complete yet.');
  },
  summary: () => 'Deleted the disk',
};

const waitUntilDeleted: Step<DeleteVolumePlan> = {
  isDone: (view) => isOneOf(view, 'deleted'),
  summary: () => 'The disk is gone; its snapshot stays',
};

const restoreVolume: Step<DeleteVolumePlan> = {
  isDone: (view) => {
    if (!deletedByUs(view) || isRestored(view)) return true;
    if (isOneOf(view, 'deleting')) {
      throw new CostGuardError('resource_busy', 'The disk is still being deleted.');
    }
    if (isSnapshotComplete(view)) return false;
    throw new CostGuardError(
      'resource_not_found',
      'The snapshot that the disk could be made from is gone.',
    );
  },
  summary: (view) =>
    deletedByUs(view) ? 'Made the disk again from its snapshot' : 'The disk was not deleted by us',
};

const waitUntilRestored: Step<DeleteVolumePlan> = {
  isDone: (view) =>
    !deletedByUs(view) ||
    isOneOf(view, 'available', 'in-use') ||
    ['available', 'in-use'].includes(view.observed['restoredState'] ?? ''),
  summary: ({ observed, plan }) => {
    const id = observed['restoredId'];
    return id === undefined || id === plan.resource.resourceId
      ? 'The disk is there'
      : `The disk is there again, as ${id}`;
  },
};

function assertUnused(view: StepView): void {
  if (isOneOf(view, 'available')) return;
  if (isOneOf(view, 'deleted', 'deleting')) {
    throw changedBySomebody('Somebody else deleted the disk.');
  }
  throw changedBySomebody('A machine uses the disk again; it was left as it is.');
}

function isSnapshotComplete({ observed }: StepView): boolean {
  if (observed['snapshot'] !== 'failed') return observed['snapshot'] === 'completed';
  throw new CostGuardError(
    'provider_refused',
    'The provider could not complete the snapshot; the disk was left as it is.',
  );
}

const isRestored = (view: StepView) =>
  isOneOf(view, 'available', 'in-use', 'creating') || view.observed['restoredId'] !== undefined;

// The ledger counts a call before it is made: without a count, the deletion was not ours.
const deletedByUs = ({ callsMade }: StepView) => callsMade('deleteVolume') > 0;
