import { checkAzureDisk } from '../../../core/actions/azure/checkAzureDisk.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type { ResourceRef, Snapshot, Volume, VolumeCloud } from '../compute/computeCloud.ts';
import { type AzureId, nameOf, parseAzureId } from './azureId.ts';
import { AzureDisk, AzureSnapshot } from './azureShapes.ts';
import type { Azure } from './createAzure.ts';
import { findAzureLock } from './findAzureLock.ts';
import { tryAzureActions } from './tryAzureActions.ts';

const DISKS = 'Microsoft.Compute/disks';
const SNAPSHOTS = 'Microsoft.Compute/snapshots';

/**
 * The managed disks of Azure. Snapshots are incremental and lie in the disk's resource group; a restored disk has the id
 * of the deleted one, so each request made twice is one. Encryption and network access are
 * those of the disk, for the snapshot as well.
 */
export function createAzureVolumes(azure: Azure): VolumeCloud {
  return {
    find: async (ref) => {
      const id = idOf(ref);
      const disk = await findDisk(azure, id);
      return disk && toVolume(id, disk);
    },
    check: async (ref) => {
      const id = idOf(ref);
      const disk = await getDisk(azure, id);
      const lock = await findAzureLock(azure, id.path, ['ReadOnly', 'CanNotDelete']);
      return checkAzureDisk(toFacts(disk, lock));
    },
    listCalls: (ref, _volume, snapshotName) => {
      const id = idOf(ref);
      const call = (operation: string, parameters: Record<string, string>) => ({
        service: 'compute',
        operation,
        parameters,
      });
      const snapshot = { id: snapshotPath(id, snapshotName), sourceResourceId: id.path };
      return [call('snapshots.createOrUpdate', snapshot), call('disks.delete', { id: id.path })];
    },
    tryCalls: async (ref) => {
      const { path, groupPath } = idOf(ref);
      await tryAzureActions(azure, path, [`${DISKS}/beginGetAccess/action`, `${DISKS}/delete`]);
      await tryAzureActions(azure, groupPath, [`${SNAPSHOTS}/write`, `${DISKS}/write`]);
    },
    delete: (ref, key) => {
      const { path } = idOf(ref);
      const permission = `${DISKS}/delete`;
      return azure
        .change({ method: 'DELETE', path, api: 'disks', permission, resource: path, key })
        .catch((error: unknown) => {
          if (!(error instanceof CostGuardError && error.code === 'resource_not_found'))
            throw error;
        });
    },
    ...createAzureSnapshots(azure),
  };
}

/** What is made of a disk, and made of that again. */
function createAzureSnapshots(
  azure: Azure,
): Pick<VolumeCloud, 'createSnapshot' | 'findSnapshot' | 'restore' | 'findRestored'> {
  return {
    createSnapshot: async (ref, snapshotName, key) => {
      const id = idOf(ref);
      const disk = await getDisk(azure, id);
      await azure.change({
        method: 'PUT',
        path: snapshotPath(id, snapshotName),
        api: 'disks',
        body: toSnapshot(id, disk),
        permission: `${SNAPSHOTS}/write`,
        resource: id.path,
        key,
      });
    },
    findSnapshot: async (ref, snapshotName) => {
      const id = idOf(ref);
      const snapshotId = snapshotPath(id, snapshotName);
      const snapshot = await findSnapshot(azure, snapshotId);
      if (snapshot === undefined) return undefined;
      if (!isSame(snapshot.properties.creationData?.sourceResourceId, id.path)) {
        throw new CostGuardError(
          'resource_changed',
          'A snapshot of that name is of another disk; nothing was deleted.',
        );
      }
      return { snapshotId, state: snapshotState(snapshot) };
    },
    restore: async (ref, volume, { snapshotId }, key) => {
      const { path } = idOf(ref);
      await azure.change({
        method: 'PUT',
        path,
        api: 'disks',
        body: toDisk(ref, volume, snapshotId),
        permission: `${DISKS}/write`,
        resource: path,
        key,
      });
    },
    findRestored: async (ref, snapshotName) => {
      const id = idOf(ref);
      const disk = await findDisk(azure, id);
      const source = disk?.properties.creationData?.sourceResourceId;
      if (disk === undefined || !isSame(source, snapshotPath(id, snapshotName))) return undefined;
      return { ...toVolume(id, disk), resourceId: ref.resourceId };
    },
  };
}

const idOf = ({ resourceId }: ResourceRef): AzureId => parseAzureId('disks', resourceId);

const snapshotPath = ({ groupPath }: AzureId, name: string): string =>
  `${groupPath}/providers/${SNAPSHOTS}/${encodeURIComponent(name)}`;

// ARM ids are the same in whatever case they are written.
const isSame = (id: string | null | undefined, other: string): boolean =>
  id?.toLowerCase() === other.toLowerCase();

function findDisk(azure: Azure, { path }: AzureId): Promise<AzureDisk | undefined> {
  return azure.find({ path, api: 'disks', permission: `${DISKS}/read`, schema: AzureDisk });
}

async function getDisk(azure: Azure, id: AzureId): Promise<AzureDisk> {
  const disk = await findDisk(azure, id);
  if (disk !== undefined) return disk;
  throw new CostGuardError('resource_not_found', 'The disk does not exist in this resource group.');
}

function findSnapshot(azure: Azure, path: string): Promise<AzureSnapshot | undefined> {
  return azure.find({ path, api: 'disks', permission: `${SNAPSHOTS}/read`, schema: AzureSnapshot });
}

/** A copy in the background, of Ultra and Premium SSD v2 disks, needs the disk until it is complete. */
function snapshotState({ properties }: AzureSnapshot): Snapshot['state'] {
  const { provisioningState, completionPercent } = properties;
  if (provisioningState === 'Failed' || provisioningState === 'Canceled') return 'failed';
  return provisioningState === 'Succeeded' && (completionPercent ?? 100) >= 100
    ? 'completed'
    : 'pending';
}

/** How a disk is encrypted and who may export it: its snapshot must not be laxer. */
function accessOf({ properties }: AzureDisk) {
  const { encryption, networkAccessPolicy, publicNetworkAccess, diskAccessId } = properties;
  return given({ encryption, networkAccessPolicy, publicNetworkAccess, diskAccessId });
}

function toSnapshot({ path }: AzureId, disk: AzureDisk) {
  return {
    location: disk.location,
    sku: { name: 'Standard_LRS' },
    tags: { 'created-by': 'costguard' },
    properties: {
      incremental: true,
      creationData: { createOption: 'Copy', sourceResourceId: path },
      ...accessOf(disk),
    },
  };
}

/** What else a restored disk must have. Azure names the performance of every disk, but takes it for these two only. */
function settingsOf({ properties, sku }: AzureDisk): Record<string, string> {
  const { encryption, networkAccessPolicy, publicNetworkAccess, diskAccessId, tier } = properties;
  const isOwn = sku.name === 'UltraSSD_LRS' || sku.name === 'PremiumV2_LRS';
  const { diskIOPSReadWrite: iops, diskMBpsReadWrite: throughput } = properties;
  return given({
    encryptionType: encryption?.type,
    diskEncryptionSetId: encryption?.diskEncryptionSetId,
    networkAccessPolicy,
    publicNetworkAccess,
    diskAccessId,
    tier,
    iops: isOwn && iops != null ? String(iops) : undefined,
    throughput: isOwn && throughput != null ? String(throughput) : undefined,
  });
}

function toDisk({ region }: ResourceRef, volume: Volume, snapshotId: string) {
  const { encryptionType, diskEncryptionSetId, iops, throughput, ...same } = volume.settings;
  const encryption = given({ type: encryptionType, diskEncryptionSetId });
  return {
    location: region,
    sku: { name: volume.volumeType },
    ...(volume.zone === '' ? {} : { zones: [volume.zone] }),
    tags: volume.tags,
    properties: {
      diskSizeGB: volume.sizeGib,
      creationData: { createOption: 'Copy', sourceResourceId: snapshotId },
      ...(encryptionType === undefined ? {} : { encryption }),
      ...(iops === undefined ? {} : { diskIOPSReadWrite: Number(iops) }),
      ...(throughput === undefined ? {} : { diskMBpsReadWrite: Number(throughput) }),
      ...same,
    },
  };
}

function given<T>(values: Readonly<Record<string, T | null | undefined>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, T] => pair[1] != null),
  );
}

function stateOf({ properties, managedBy }: AzureDisk): Volume['state'] {
  if (properties.diskState === 'Attached' || properties.diskState === 'Reserved' || managedBy) {
    return 'in-use';
  }
  const { provisioningState: way = 'Succeeded' } = properties;
  if (way === 'Creating' || way === 'Updating') return 'creating';
  if (way !== 'Succeeded') return way.toLowerCase();
  return properties.diskState === 'Unattached' ? 'available' : properties.diskState.toLowerCase();
}

function toVolume({ subscription }: AzureId, disk: AzureDisk): Volume {
  return {
    accountId: subscription,
    name: disk.name,
    state: stateOf(disk),
    sizeGib: disk.properties.diskSizeGB,
    volumeType: disk.sku.name,
    zone: disk.zones?.[0] ?? '',
    // Azure encrypts every managed disk.
    isEncrypted: true,
    settings: settingsOf(disk),
    tags: disk.tags,
  };
}

function toFacts(disk: AzureDisk, lock: string | undefined) {
  const { properties } = disk;
  const owner = disk.managedBy ?? disk.managedByExtended?.[0];
  return {
    state: stateOf(disk),
    owner: owner == null ? undefined : nameOf(owner),
    sharesMax: properties.maxShares ?? 1,
    isConfidential: properties.securityProfile?.securityType?.startsWith('ConfidentialVM') === true,
    lock,
  };
}
