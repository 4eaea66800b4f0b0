import type { DeleteVolumePlan } from '../../../core/contracts/action.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { SavingEstimate } from '../../../core/pricing/estimateSaving.ts';
import { estimateVolume, volumeMeters } from '../../../core/pricing/estimateVolume.ts';
import type { StoredAction } from '../../../db/queries/actions/actionRow.ts';
import type { ActionAdapter, Observed, PlanContext } from '../actionAdapter.ts';
import type { ResourceRef, Volume, VolumeCloud } from '../compute/computeCloud.ts';
import { changedBySomebody, refOf, snapshotOf } from './planView.ts';
import { createVolumeSteps } from './volumeSteps.ts';

/**
 * Deletes a disk that nothing uses, of any cloud, once a snapshot of it is complete. The way back makes it again from the
 * snapshot, which stays in any case.
 */
export function createVolumeAdapter(cloud: VolumeCloud): ActionAdapter<DeleteVolumePlan> {
  return {
    plan: (action, context) => planDeletion(cloud, action, context),
    estimate: (action, plan, context) => estimateDeletion(action, plan.before, context),
    preflight: async (plan) => {
      const volume = await getUnused(cloud, refOf(plan));
      const { sizeGib, volumeType } = plan.before;
      if (volume.sizeGib !== sizeGib || volume.volumeType !== volumeType) {
        throw changedBySomebody(
          `The plan was made for a ${volumeType} disk of ${sizeGib} GiB; it now is ${volume.volumeType} of ${volume.sizeGib} GiB. Propose the action again.`,
        );
      }
      await assertPossible(cloud, refOf(plan), volume);
      await cloud.tryCalls(refOf(plan), volume);
      return { tags: { ...volume.tags } };
    },
    observe: (plan) => observe(cloud, plan),
    steps: createVolumeSteps(cloud),
    assertArrived: (_, { state, snapshot }) => {
      if (state === 'deleted' && snapshot === 'completed') return;
      throw new CostGuardError(
        'resource_busy',
        'The disk is not deleted yet, or its snapshot is not complete.',
      );
    },
    checkHealth: () => Promise.resolve('healthy'),
  };
}

async function planDeletion(
  cloud: VolumeCloud,
  action: StoredAction,
  context: PlanContext,
): Promise<DeleteVolumePlan> {
  const volume = await getUnused(cloud, action);
  const risks = await assertPossible(cloud, action, volume);
  const snapshotName = `costguard-${action.id}`;
  const { saving, basis } = await estimateDeletion(action, volume, context);
  const { accountId, name, state, ...shape } = volume;
  const before = { ...shape, state, settings: { ...volume.settings }, tags: { ...volume.tags } };
  return {
    kind: 'delete_volume',
    resource: {
      provider: action.provider,
      accountId,
      region: action.region,
      resourceId: action.resourceId,
      resourceName: name,
      tags: { ...volume.tags },
    },
    before: { ...before, snapshotName: null },
    after: { ...before, state: 'deleted', snapshotName },
    calls: cloud.listCalls(action, volume, snapshotName),
    expectedMonthlySaving: saving,
    savingBasis: basis,
    risks,
  };
}

async function estimateDeletion(
  { provider, region }: StoredAction,
  { sizeGib, volumeType }: Pick<Volume, 'sizeGib' | 'volumeType'>,
  context: PlanContext,
): Promise<SavingEstimate> {
  const { storage, snapshot } = volumeMeters(volumeType);
  return estimateVolume({
    provider,
    region,
    sizeGib,
    volumeType,
    own: await context.listPaidResource(),
    meters: provider === 'aws' ? await context.listPaidMeters([storage, snapshot]) : [],
    days: context.paidDays,
  });
}

async function getUnused(cloud: VolumeCloud, ref: ResourceRef): Promise<Volume> {
  const volume = await cloud.find(ref);
  if (volume === undefined) {
    throw new CostGuardError('resource_not_found', 'The disk does not exist in this region.');
  }
  if (volume.state === 'available') return volume;
  throw new CostGuardError(
    'change_not_possible',
    volume.state === 'in-use'
      ? 'A machine uses the disk; only disks that nothing uses are deleted.'
      : `The disk is ${volume.state}; only disks that nothing uses are deleted.`,
  );
}

async function assertPossible(
  cloud: VolumeCloud,
  ref: ResourceRef,
  volume: Volume,
): Promise<string[]> {
  const { refusals, risks } = await cloud.check(ref, volume);
  if (refusals.length === 0) return risks;
  throw new CostGuardError('change_not_possible', refusals.join(' '));
}

async function observe(cloud: VolumeCloud, plan: DeleteVolumePlan): Promise<Observed> {
  const ref = refOf(plan);
  const snapshotName = snapshotOf(plan);
  const volume = await cloud.find(ref);
  const snapshot = await cloud.findSnapshot(ref, snapshotName);
  const restored = volume === undefined ? await cloud.findRestored(ref, snapshotName) : undefined;
  return {
    state: volume?.state ?? 'deleted',
    snapshot: snapshot?.state ?? 'none',
    ...(snapshot && { snapshotId: snapshot.snapshotId }),
    ...(restored && { restoredId: restored.resourceId, restoredState: restored.state }),
  };
}
