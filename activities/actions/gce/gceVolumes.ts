import { checkGceDisk } from '../../../core/actions/gce/checkGceDisk.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { ResourceRef, Snapshot, Volume, VolumeCloud } from '../compute/computeCloud.ts';
import type { Gce } from './createGce.ts';
import { type GceId, lastPart, parseGceId } from './gceId.ts';
import { GceDisk, GceSnapshot } from './gceShapes.ts';
import { testGcePermissions } from './testGcePermissions.ts';

const PERMISSIONS = ['compute.disks.createSnapshot', 'compute.disks.delete'] as const;

/**
 * The zonal disks of Compute Engine. A snapshot is found by its name in the project, a restored disk has the name of the
 * deleted one, so both requests made twice are one.
 *
 * `tryCalls` asks about the disk only: Google tells permissions on things that are yet to be made (compute.snapshots.create,
 * compute.disks.create) to the Resource Manager alone, and refuses the snapshot before anything is deleted.
 */
export function createGceVolumes(gce: Gce): VolumeCloud {
  return {
    find: async (ref) => {
      const disk = await findDisk(gce, idOf(ref));
      return disk && toVolume(idOf(ref), disk);
    },
    check: async (ref) => checkGceDisk(toFacts(await getDisk(gce, idOf(ref)))),
    listCalls: (ref, _volume, snapshot) => {
      const { project, zone, name: disk } = idOf(ref);
      const at = { project, zone, disk };
      return [
        { service: 'compute', operation: 'disks.createSnapshot', parameters: { ...at, snapshot } },
        { service: 'compute', operation: 'disks.delete', parameters: at },
      ];
    },
    tryCalls: (ref) => testGcePermissions(gce, idOf(ref).path, PERMISSIONS),
    delete: async (ref, key) => {
      const { path } = idOf(ref);
      const permission = 'compute.disks.delete';
      await gce
        .change({ method: 'DELETE', path, permission, resource: path, key })
        .catch((error: unknown) => {
          if (!hasCode(error, 'resource_not_found')) throw error;
        });
    },
    ...createGceSnapshots(gce),
  };
}

/** What is made of a disk, and made of that again. */
function createGceSnapshots(
  gce: Gce,
): Pick<VolumeCloud, 'createSnapshot' | 'findSnapshot' | 'restore' | 'findRestored'> {
  return {
    createSnapshot: async (ref, snapshotName, key) => {
      const { path } = idOf(ref);
      await gce
        .change({
          path: `${path}/createSnapshot`,
          permission: 'compute.disks.createSnapshot',
          resource: path,
          key,
          body: { name: snapshotName, description: 'Made by CostGuard before it deleted the disk' },
        })
        .catch(unlessThere);
    },
    findSnapshot: async (ref, snapshotName) => {
      const id = idOf(ref);
      const snapshot = await findSnapshot(gce, id, snapshotName);
      if (snapshot === undefined) return undefined;
      if (snapshot.sourceDisk?.endsWith(`/${id.path}`) !== true) {
        throw new CostGuardError(
          'resource_changed',
          'A snapshot of that name is of another disk; nothing was deleted.',
        );
      }
      return { snapshotId: snapshotPath(id, snapshotName), state: snapshotState(snapshot.status) };
    },
    restore: async (ref, volume, snapshot, key) => {
      const id = idOf(ref);
      const permission = 'compute.disks.create';
      const resource = id.path;
      const body = toDisk(id, volume, snapshot);
      await gce
        .change({
          path: `projects/${id.project}/zones/${id.zone}/disks`,
          permission,
          resource,
          key,
          body,
        })
        .catch(unlessThere);
    },
    findRestored: async (ref, snapshotName) => {
      const id = idOf(ref);
      const disk = await findDisk(gce, id);
      if (disk?.sourceSnapshot?.endsWith(`/${snapshotPath(id, snapshotName)}`) !== true) {
        return undefined;
      }
      return { ...toVolume(id, disk), resourceId: ref.resourceId };
    },
  };
}

const idOf = ({ resourceId }: ResourceRef): GceId => parseGceId('disks', resourceId);

const snapshotPath = ({ project }: GceId, name: string): string =>
  `projects/${project}/global/snapshots/${name}`;

const hasCode = (error: unknown, code: CostGuardError['code']): boolean =>
  error instanceof CostGuardError && error.code === code;

/** What was made by an earlier delivery of the request, or by an earlier try, is looked at afterwards anyhow. */
function unlessThere(error: unknown): void {
  const reason = error instanceof CostGuardError ? error.internal?.['googleReason'] : undefined;
  if (reason !== 'alreadyExists' && reason !== 'RESOURCE_ALREADY_EXISTS') throw error;
}

function snapshotState(status: string): Snapshot['state'] {
  if (status === 'READY') return 'completed';
  return status === 'CREATING' || status === 'UPLOADING' ? 'pending' : 'failed';
}

function findDisk(gce: Gce, { path }: GceId): Promise<GceDisk | undefined> {
  return gce.find({ path, permission: 'compute.disks.get', schema: GceDisk });
}

async function getDisk(gce: Gce, id: GceId): Promise<GceDisk> {
  const disk = await findDisk(gce, id);
  if (disk !== undefined) return disk;
  throw new CostGuardError('resource_not_found', 'The disk does not exist in this zone.');
}

function findSnapshot(gce: Gce, id: GceId, name: string): Promise<GceSnapshot | undefined> {
  return gce.find({
    path: snapshotPath(id, encodeURIComponent(name)),
    permission: 'compute.snapshots.get',
    schema: GceSnapshot,
  });
}

function toDisk(id: GceId, volume: Volume, { snapshotId }: Snapshot) {
  const { kmsKeyName, provisionedIops, provisionedThroughput } = volume.settings;
  return {
    name: id.name,
    sizeGb: String(volume.sizeGib),
    type: `projects/${id.project}/zones/${id.zone}/diskTypes/${volume.volumeType}`,
    labels: volume.tags,
    sourceSnapshot: snapshotId,
    ...(kmsKeyName !== undefined && { diskEncryptionKey: { kmsKeyName } }),
    ...(provisionedIops !== undefined && { provisionedIops }),
    ...(provisionedThroughput !== undefined && { provisionedThroughput }),
  };
}

function stateOf({ status, users }: GceDisk): Volume['state'] {
  if (status === 'CREATING' || status === 'RESTORING') return 'creating';
  if (status !== 'READY') return status.toLowerCase();
  return users.length > 0 ? 'in-use' : 'available';
}

function settingsOf({ diskEncryptionKey, provisionedIops, provisionedThroughput }: GceDisk) {
  // A disk names the version of its key; one is made with the key.
  const kmsKeyName = diskEncryptionKey?.kmsKeyName?.replace(/\/cryptoKeyVersions\/\d+$/, '');
  return {
    ...(kmsKeyName !== undefined && { kmsKeyName }),
    // Only Hyperdisk and Extreme disks have these, and only they may be given them.
    ...(provisionedIops !== undefined && { provisionedIops }),
    ...(provisionedThroughput !== undefined && { provisionedThroughput }),
  };
}

function toVolume({ project, zone }: GceId, disk: GceDisk): Volume {
  return {
    accountId: project,
    name: disk.name,
    state: stateOf(disk),
    sizeGib: disk.sizeGb,
    volumeType: disk.type,
    zone,
    // Compute Engine encrypts every disk.
    isEncrypted: true,
    settings: settingsOf(disk),
    tags: disk.labels,
  };
}

function toFacts(disk: GceDisk) {
  const key = disk.diskEncryptionKey;
  return {
    state: stateOf(disk),
    users: disk.users.map(lastPart),
    hasCustomerSuppliedKey: key !== undefined && key.kmsKeyName === undefined,
    isConfidential: disk.enableConfidentialCompute,
    isShared: disk.accessMode === 'READ_WRITE_MANY',
    isReplicated:
      disk.asyncPrimaryDisk !== undefined || Object.keys(disk.asyncSecondaryDisks).length > 0,
    inStoragePool: disk.storagePool !== undefined,
    hasSnapshotSchedule: disk.resourcePolicies.length > 0,
  };
}
