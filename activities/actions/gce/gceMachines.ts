import {
  checkGceResize,
  checkGceStart,
  checkGceStop,
  type GceInstanceFacts,
  type GceQuota,
  type GceTypeFacts,
} from '../../../core/actions/gce/checkGceMachine.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type {
  CallKey,
  MachineCall,
  MachineChange,
  MachineCloud,
  Machine,
  PowerState,
  ResourceRef,
} from '../compute/computeCloud.ts';
import type { Gce } from './createGce.ts';
import { type GceId, lastPart, parseGceId } from './gceId.ts';
import { GceDisk, GceInstance, GceMachineType, GceRegion } from './gceShapes.ts';
import { testGcePermissions } from './testGcePermissions.ts';

const STATES: Readonly<Partial<Record<string, PowerState>>> = {
  PENDING: 'pending',
  PROVISIONING: 'pending',
  STAGING: 'pending',
  RUNNING: 'running',
  PENDING_STOP: 'stopping',
  STOPPING: 'stopping',
  STOPPED: 'stopped',
  TERMINATED: 'stopped',
};
const PERMISSION = {
  stop: 'compute.instances.stop',
  start: 'compute.instances.start',
  setType: 'compute.instances.setMachineType',
} as const satisfies Record<MachineCall, string>;

/**
 * The instances of Compute Engine. It has no status checks, and guest attributes are only there where the guest writes
 * them: `checkHealth` knows no more than that Google calls the instance RUNNING and not REPAIRING.
 */
export function createGceMachines(gce: Gce): MachineCloud<DescribedInstance> {
  const call = ({ resourceId }: ResourceRef, name: MachineCall, key: CallKey, body?: unknown) => {
    const { path } = parseGceId('instances', resourceId);
    return gce.change({
      path: `${path}/${lastPart(PERMISSION[name].replaceAll('.', '/'))}`,
      permission: PERMISSION[name],
      resource: path,
      key,
      ...(body === undefined ? {} : { body }),
    });
  };
  return {
    describe: async ({ resourceId }) => {
      const id = parseGceId('instances', resourceId);
      return toMachine(id, await readInstance(gce, id));
    },
    check: (ref, { instance }, change) => check(gce, ref, instance, change),
    listCalls: ({ resourceId }, machine, change) => {
      const { project, zone, name } = parseGceId('instances', resourceId);
      return listCallNames(machine, change).map((one) => ({
        service: 'compute',
        operation: PERMISSION[one].replace('compute.', ''),
        parameters: {
          project,
          zone,
          instance: name,
          ...(one === 'setType' && change.kind === 'resize'
            ? { machineType: typeUrl(zone, change.instanceType) }
            : {}),
        },
      }));
    },
    tryCalls: async ({ resourceId }, machine, change) => {
      const names = listCallNames(machine, change);
      await testGcePermissions(
        gce,
        parseGceId('instances', resourceId).path,
        names.map((name) => PERMISSION[name]),
      );
    },
    stop: (ref, key) => call(ref, 'stop', key),
    start: (ref, key) => call(ref, 'start', key),
    setType: (ref, instanceType, key) => {
      const { zone } = parseGceId('instances', ref.resourceId);
      return call(ref, 'setType', key, { machineType: typeUrl(zone, instanceType) });
    },
    checkHealth: async ({ resourceId }) => {
      const { status } = await readInstance(gce, parseGceId('instances', resourceId));
      if (status === 'REPAIRING') return 'impaired';
      return status === 'RUNNING' ? 'healthy' : 'pending';
    },
  };
}

const typeUrl = (zone: string, type: string): string => `zones/${zone}/machineTypes/${type}`;

function listCallNames({ state }: Machine, change: MachineChange): MachineCall[] {
  if (change.kind !== 'resize') return [change.kind];
  return state === 'running' ? ['stop', 'setType', 'start'] : ['setType'];
}

async function readInstance(gce: Gce, { path }: GceId): Promise<GceInstance> {
  const instance = await gce.read({
    path,
    permission: 'compute.instances.get',
    schema: GceInstance,
  });
  if (instance.status !== 'DEPROVISIONING') return instance;
  throw new CostGuardError('resource_not_found', 'The instance is being deleted.');
}

interface DescribedInstance extends Machine {
  instance: GceInstance;
}

function toMachine({ project }: GceId, instance: GceInstance): DescribedInstance {
  return {
    instance,
    accountId: project,
    name: instance.name,
    instanceType: instance.machineType,
    state: STATES[instance.status] ?? instance.status.toLowerCase(),
    tags: instance.labels,
  };
}

async function check(
  gce: Gce,
  { resourceId, region }: ResourceRef,
  instance: GceInstance,
  change: MachineChange,
) {
  const id = parseGceId('instances', resourceId);
  if (change.kind === 'stop') return checkGceStop(toFacts(id, instance, []));
  const quotas = await readQuotas(gce, id, region);
  const from = await readType(gce, id, instance.machineType);
  if (change.kind === 'start') return checkGceStart(toFacts(id, instance, []), from, quotas);
  const to = await readType(gce, id, change.instanceType);
  const facts = toFacts(id, instance, await readDiskTypes(gce, instance));
  return checkGceResize(facts, from, to, quotas);
}

/** Quotas only help to refuse early: who may not read them finds out at the start. */
async function readQuotas(gce: Gce, { project }: GceId, region: string): Promise<GceQuota[]> {
  const permission = 'compute.regions.get';
  const path = `projects/${project}/regions/${encodeURIComponent(region)}`;
  try {
    return (await gce.read({ path, permission, schema: GceRegion })).quotas;
  } catch (error) {
    if (error instanceof CostGuardError && error.code === 'permission_missing') return [];
    throw error;
  }
}

async function readType(gce: Gce, { project, zone }: GceId, name: string): Promise<GceTypeFacts> {
  const type = await gce.find({
    path: `projects/${project}/zones/${zone}/machineTypes/${encodeURIComponent(name)}`,
    permission: 'compute.machineTypes.get',
    schema: GceMachineType,
  });
  if (type === undefined) {
    throw new CostGuardError(
      'resize_not_supported',
      `There is no machine type ${name} in the zone ${zone}.`,
    );
  }
  return {
    machineType: type.name,
    architecture: type.architecture,
    vcpus: type.guestCpus,
    memoryMb: type.memoryMb,
    disksMax: type.maximumPersistentDisks,
    isSharedCpu: type.isSharedCpu,
    accelerators: type.accelerators.length,
    hasLocalSsd: (type.bundledLocalSsds?.partitionCount ?? 0) > 0,
    deprecated: type.deprecated?.state,
  };
}

// An instance names its disks but not their types; a regional disk has a path of its own.
function readDiskTypes(gce: Gce, { disks }: GceInstance): Promise<string[]> {
  const paths = disks.flatMap(({ source = '' }) => /projects\/.+$/.exec(source)?.[0] ?? []);
  return Promise.all(
    paths.map(async (path) => {
      const disk = { path, permission: 'compute.disks.get', schema: GceDisk };
      return (await gce.read(disk)).type;
    }),
  );
}

function toFacts(
  { zone }: GceId,
  instance: GceInstance,
  diskTypes: readonly string[],
): GceInstanceFacts {
  const { scheduling, confidentialInstanceConfig: confidential } = instance;
  const group = instance.metadata?.items.find(({ key }) => key === 'created-by')?.value;
  const isSpot = scheduling?.preemptible === true || scheduling?.provisioningModel === 'SPOT';
  return {
    machineType: instance.machineType,
    state: STATES[instance.status] ?? instance.status.toLowerCase(),
    zone,
    architecture: instance.disks.find(({ architecture }) => architecture !== undefined)
      ?.architecture,
    localSsds: instance.disks.filter(({ type }) => type === 'SCRATCH').length,
    accelerators: instance.guestAccelerators.length,
    isSpot,
    instanceGroup: group?.includes('/instanceGroupManagers/') ? lastPart(group) : undefined,
    isSoleTenant: (scheduling?.nodeAffinities.length ?? 0) > 0,
    hasOwnReservation:
      instance.reservationAffinity?.consumeReservationType === 'SPECIFIC_RESERVATION',
    isConfidential:
      confidential?.enableConfidentialCompute === true ||
      confidential?.confidentialInstanceType !== undefined,
    diskTypes,
    networkInterfaces: instance.networkInterfaces.length,
    hasVirtioNic: instance.networkInterfaces.some(({ nicType }) => nicType === 'VIRTIO_NET'),
    hasExternalIp: instance.networkInterfaces.some(({ accessConfigs }) =>
      accessConfigs.some(({ natIP }) => natIP !== undefined),
    ),
    minCpuPlatform: instance.minCpuPlatform,
  };
}
