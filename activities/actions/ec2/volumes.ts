import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type Tag,
  type Volume as Ec2Volume,
  type VolumeType,
} from '@aws-sdk/client-ec2';
import { CostGuardError } from '../../../core/errors.ts';
import type {
  CallKey,
  Findings,
  ResourceRef,
  Snapshot,
  Volume,
  VolumeCloud,
} from '../compute/computeCloud.ts';
import { isAllowed } from './calls.ts';
import type { Ec2, Ec2For } from './createEc2For.ts';
import { fromEc2Error } from './fromEc2Error.ts';

// What ties a snapshot, and a restored volume, to the action that made it.
const SNAPSHOT_TAG = 'costguard:snapshot';
const RESTORED_TAG = 'costguard:restored-from';

/** EBS volumes. A restored one has a new id; AWS never gives an id twice. */
export function createEc2Volumes(ec2For: Ec2For): VolumeCloud {
  const at = ({ region }: ResourceRef) => ec2For(region);
  return {
    find: (ref) => findVolume(at(ref), ref.resourceId),
    check: (_, volume) => Promise.resolve(check(volume)),
    listCalls: ({ resourceId }, _, snapshotName) => [
      {
        service: 'ec2',
        operation: 'CreateSnapshot',
        parameters: { VolumeId: resourceId, [`Tag.${SNAPSHOT_TAG}`]: snapshotName },
      },
      { service: 'ec2', operation: 'DeleteVolume', parameters: { VolumeId: resourceId } },
    ],
    tryCalls: (ref, volume) => tryCalls(at(ref), ref.resourceId, volume),
    createSnapshot: (ref, snapshotName) =>
      send(at(ref), 'CreateSnapshot', (act) =>
        act.send(new CreateSnapshotCommand(snapshotInput(ref.resourceId, snapshotName))),
      ),
    findSnapshot: (ref, snapshotName) => findSnapshot(at(ref), ref.resourceId, snapshotName),
    delete: (ref) =>
      send(at(ref), 'DeleteVolume', (act) =>
        act.send(new DeleteVolumeCommand({ VolumeId: ref.resourceId })),
      ),
    restore: (ref, volume, snapshot, key) =>
      send(at(ref), 'CreateVolume', (act) =>
        act.send(new CreateVolumeCommand(restoreInput(volume, snapshot, key))),
      ),
    findRestored: (ref, snapshotName) => findRestored(at(ref), snapshotName),
  };
}

async function findVolume(ec2: Ec2, volumeId: string): Promise<Volume | undefined> {
  const volume = await ec2.read.send(new DescribeVolumesCommand({ VolumeIds: [volumeId] })).then(
    ({ Volumes }) => Volumes?.[0],
    (error: unknown) => {
      if (error instanceof Error && error.name === 'InvalidVolume.NotFound') return undefined;
      throw fromEc2Error(error, 'DescribeVolumes');
    },
  );
  if (volume === undefined || volume.State === 'deleted') return undefined;
  return fromVolume(volume, await ec2.account());
}

async function findSnapshot(
  { read }: Ec2,
  volumeId: string,
  snapshotName: string,
): Promise<Snapshot | undefined> {
  const Filters = [
    { Name: `tag:${SNAPSHOT_TAG}`, Values: [snapshotName] },
    { Name: 'volume-id', Values: [volumeId] },
  ];
  const { Snapshots = [] } = await read
    .send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters }))
    .catch((error: unknown) => {
      throw fromEc2Error(error, 'DescribeSnapshots');
    });
  // A reply that was lost, and a describe that did not show the snapshot yet, can leave two; a complete one is as good.
  const found = Snapshots.find(({ State }) => State === 'completed') ?? Snapshots[0];
  if (found?.SnapshotId === undefined) return undefined;
  const state =
    found.State === 'completed' ? 'completed' : found.State === 'error' ? 'failed' : 'pending';
  return { snapshotId: found.SnapshotId, state };
}

async function findRestored(ec2: Ec2, snapshotName: string) {
  const Filters = [{ Name: `tag:${RESTORED_TAG}`, Values: [snapshotName] }];
  const { Volumes = [] } = await ec2.read
    .send(new DescribeVolumesCommand({ Filters }))
    .catch((error: unknown) => {
      throw fromEc2Error(error, 'DescribeVolumes');
    });
  const found = Volumes.find(({ State }) => State !== 'deleted' && State !== 'deleting');
  if (found?.VolumeId === undefined) return undefined;
  return { ...fromVolume(found, await ec2.account()), resourceId: found.VolumeId };
}

async function tryCalls(ec2: Ec2, volumeId: string, volume: Volume): Promise<void> {
  const dry = { DryRun: true };
  await attempt(ec2, 'CreateSnapshot', (act) =>
    act.send(new CreateSnapshotCommand({ ...snapshotInput(volumeId, 'dry-run'), ...dry })),
  );
  await attempt(ec2, 'DeleteVolume', (act) =>
    act.send(new DeleteVolumeCommand({ VolumeId: volumeId, ...dry })),
  );
  // A way back that is not allowed would be found missing too late.
  const input = { AvailabilityZone: volume.zone, Size: volume.sizeGib };
  await attempt(ec2, 'CreateVolume', (act) =>
    act.send(new CreateVolumeCommand({ ...input, ...dry })),
  );
}

async function attempt(
  ec2: Ec2,
  operation: string,
  call: (act: Ec2['act']) => Promise<unknown>,
): Promise<void> {
  try {
    await call(ec2.act);
  } catch (error) {
    if (!isAllowed(error)) throw fromEc2Error(error, operation);
  }
}

async function send(
  { act }: Ec2,
  operation: string,
  call: (act: Ec2['act']) => Promise<unknown>,
): Promise<void> {
  await call(act).catch((error: unknown) => {
    throw fromEc2Error(error, operation);
  });
}

function snapshotInput(volumeId: string, snapshotName: string) {
  return {
    VolumeId: volumeId,
    Description: `Made by CostGuard before the deletion of ${volumeId}`,
    TagSpecifications: [
      {
        ResourceType: 'snapshot' as const,
        Tags: [
          { Key: 'Name', Value: snapshotName },
          { Key: SNAPSHOT_TAG, Value: snapshotName },
        ],
      },
    ],
  };
}

/**
 * The token makes calls with the same input one volume, for as long as AWS remembers it. It holds the action and not the
 * try: a volume made twice would be paid for twice.
 */
function restoreInput(volume: Volume, { snapshotId }: Snapshot, { actionId }: CallKey) {
  const { iops, throughput, kmsKeyId } = volume.settings;
  // Tags of AWS's own can be neither given nor taken.
  const kept = Object.entries(volume.tags).filter(([key]) => !key.startsWith('aws:'));
  return {
    AvailabilityZone: volume.zone,
    SnapshotId: snapshotId,
    VolumeType: volume.volumeType as VolumeType,
    Size: volume.sizeGib,
    ClientToken: `costguard-${actionId}`,
    ...(iops !== undefined && { Iops: Number(iops) }),
    ...(throughput !== undefined && { Throughput: Number(throughput) }),
    ...(volume.isEncrypted && { Encrypted: true }),
    ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
    TagSpecifications: [
      {
        ResourceType: 'volume' as const,
        Tags: [
          ...kept.map(([Key, Value]) => ({ Key, Value })),
          { Key: RESTORED_TAG, Value: `costguard-${actionId}` },
        ],
      },
    ],
  };
}

function check(volume: Volume): Findings {
  const pvc = volume.tags['kubernetes.io/created-for/pvc/name'];
  const risks: [boolean, string][] = [
    [true, 'The snapshot stays, and is paid for, until somebody deletes it.'],
    [
      true,
      'A rollback makes a new volume from the snapshot, with a new id; what names the old id must be changed by hand.',
    ],
    [
      pvc !== undefined,
      `Kubernetes made it for the claim ${String(pvc)}; a claim that still names it cannot be mounted afterwards.`,
    ],
  ];
  return { refusals: [], risks: risks.filter(([applies]) => applies).map(([, text]) => text) };
}

function fromVolume(volume: Ec2Volume, accountId: string): Volume {
  const { VolumeType: volumeType, Size: sizeGib, AvailabilityZone: zone, State: state } = volume;
  if (volumeType === undefined || sizeGib === undefined || zone === undefined || !state) {
    throw new CostGuardError(
      'provider_answer_invalid',
      'AWS described the volume without its type, size, zone or state.',
    );
  }
  const tags = tagsOf(volume.Tags);
  // The others' IOPS follow from the size, and may not be given.
  const hasIops = ['io1', 'io2', 'gp3'].includes(volumeType) && volume.Iops !== undefined;
  return {
    accountId,
    name: tags['Name'] ?? null,
    state,
    sizeGib,
    volumeType,
    zone,
    isEncrypted: volume.Encrypted === true,
    settings: {
      ...(hasIops && { iops: String(volume.Iops) }),
      ...(volume.Throughput !== undefined && { throughput: String(volume.Throughput) }),
      ...(volume.KmsKeyId !== undefined && { kmsKeyId: volume.KmsKeyId }),
    },
    tags,
  };
}

/** Tags as a record. */
export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}
