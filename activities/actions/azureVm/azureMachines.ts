import {
  type AzureVmFacts,
  checkAzureResize,
  checkAzureStart,
  checkAzureStop,
} from '../../../core/actions/azure/checkAzureVm.ts';
import { CostGuardError } from '../../../core/errors.ts';
import type {
  CallKey,
  Findings,
  Machine,
  MachineCall,
  MachineChange,
  MachineCloud,
  PowerState,
  ResourceRef,
} from '../compute/computeCloud.ts';
import { type AzureId, parseAzureId } from './azureId.ts';
import { AzureDisk, AzureSizeName, AzureVm } from './azureShapes.ts';
import { readAzureSizes, readAzureUsages } from './azureSizes.ts';
import type { Azure } from './createAzure.ts';
import { findAzureLock } from './findAzureLock.ts';
import { tryAzureActions } from './tryAzureActions.ts';

const STATES: Readonly<Partial<Record<string, PowerState>>> = {
  starting: 'pending',
  running: 'running',
  stopping: 'stopping',
  deallocating: 'stopping',
  // Shut down, but still costing computing.
  stopped: 'powered-off',
  deallocated: 'stopped',
};
const VM = 'Microsoft.Compute/virtualMachines';
const ACTION = {
  stop: `${VM}/deallocate/action`,
  start: `${VM}/start/action`,
  setType: `${VM}/write`,
} as const satisfies Record<MachineCall, string>;
const OPERATION = {
  stop: 'virtualMachines.deallocate',
  start: 'virtualMachines.start',
  setType: 'virtualMachines.update',
} as const satisfies Record<MachineCall, string>;

/**
 * The virtual machines of Azure. To stop one is to deallocate it: one that is only shut down costs as before. Its agent is
 * not asked for its health: many machines have none, or one that was broken before. `checkHealth` knows the power state,
 * whether the last change of the machine failed, and what an application health extension says where there is one.
 */
export function createAzureMachines(azure: Azure): MachineCloud<DescribedVm> {
  const post = ({ resourceId }: ResourceRef, name: 'stop' | 'start', key: CallKey) => {
    const { path } = parseAzureId('virtualMachines', resourceId);
    return azure.change({
      method: 'POST',
      path: `${path}/${name === 'stop' ? 'deallocate' : 'start'}`,
      api: 'compute',
      permission: ACTION[name],
      resource: path,
      key,
    });
  };
  return {
    describe: async ({ resourceId }) => {
      const id = parseAzureId('virtualMachines', resourceId);
      return toMachine(id, await readVm(azure, id));
    },
    check: (ref, { vm }, change) => check(azure, ref, vm, change),
    listCalls: ({ resourceId }, machine, change) => {
      const { path } = parseAzureId('virtualMachines', resourceId);
      return listCallNames(machine, change).map((one) => ({
        service: 'compute',
        operation: OPERATION[one],
        parameters: {
          id: path,
          ...(one === 'setType' && change.kind === 'resize'
            ? { 'hardwareProfile.vmSize': change.instanceType }
            : {}),
        },
      }));
    },
    tryCalls: ({ resourceId }, machine, change) => {
      const { path } = parseAzureId('virtualMachines', resourceId);
      const actions = listCallNames(machine, change).map((name) => ACTION[name]);
      return tryAzureActions(azure, path, actions);
    },
    stop: (ref, key) => post(ref, 'stop', key),
    start: (ref, key) => post(ref, 'start', key),
    setType: (ref, vmSize, key) => setSize(azure, ref, vmSize, key),
    checkHealth: async ({ resourceId }) => {
      const vm = await readVm(azure, parseAzureId('virtualMachines', resourceId));
      const { provisioningState, instanceView } = vm.properties;
      if (provisioningState === 'Failed') return 'impaired';
      if (instanceView?.vmHealth?.status?.code === 'HealthState/unhealthy') return 'impaired';
      return stateOf(vm) === 'running' ? 'healthy' : 'pending';
    },
  };
}

function listCallNames({ state }: Machine, change: MachineChange): MachineCall[] {
  if (change.kind !== 'resize') return [change.kind];
  return state === 'running' ? ['stop', 'setType', 'start'] : ['setType'];
}

/** A running machine would be restarted by the change, so it is looked at, and the change holds only for what was seen. */
async function setSize(
  azure: Azure,
  { resourceId }: ResourceRef,
  vmSize: string,
  key: CallKey,
): Promise<void> {
  const id = parseAzureId('virtualMachines', resourceId);
  const vm = await readVm(azure, id);
  if (stateOf(vm) !== 'stopped') {
    throw new CostGuardError(
      'resource_busy',
      'The machine is not deallocated; its size was left as it is.',
    );
  }
  await azure.change({
    method: 'PATCH',
    path: id.path,
    api: 'compute',
    body: { properties: { hardwareProfile: { vmSize } } },
    etag: vm.etag,
    permission: ACTION.setType,
    resource: id.path,
    key,
  });
}

async function readVm(azure: Azure, { path }: AzureId): Promise<AzureVm> {
  const vm = await azure.read({
    path,
    api: 'compute',
    query: { $expand: 'instanceView' },
    permission: `${VM}/read`,
    schema: AzureVm,
  });
  if (vm.properties.provisioningState !== 'Deleting') return vm;
  throw new CostGuardError('resource_not_found', 'The machine is being deleted.');
}

function stateOf({ properties: { instanceView } }: AzureVm): PowerState {
  const codes = instanceView?.statuses.map(({ code }) => code) ?? [];
  const word = codes.find((code) => code.startsWith('PowerState/'))?.slice('PowerState/'.length);
  return word === undefined ? 'unknown' : (STATES[word] ?? word);
}

interface DescribedVm extends Machine {
  vm: AzureVm;
}

function toMachine({ subscription }: AzureId, vm: AzureVm): DescribedVm {
  return {
    vm,
    accountId: subscription,
    name: vm.name,
    instanceType: vm.properties.hardwareProfile.vmSize,
    state: stateOf(vm),
    tags: vm.tags,
  };
}

async function check(
  azure: Azure,
  { resourceId, region }: ResourceRef,
  vm: AzureVm,
  change: MachineChange,
): Promise<Findings> {
  const id = parseAzureId('virtualMachines', resourceId);
  const facts = toFacts(vm, await findAzureLock(azure, id.path, ['ReadOnly']));
  if (change.kind === 'start') return checkAzureStart(facts);
  const at = { subscription: id.subscription, region };
  const size = facts.vmSize;
  const to = change.kind === 'resize' ? change.instanceType : size;
  const sizes = await readAzureSizes(azure, at, { from: size, to });
  if (change.kind === 'stop') return checkAzureStop(facts, sizes.from);
  const usages = await readAzureUsages(azure, at);
  const [availabilitySetSizes, hasPremiumDisk] = await Promise.all([
    readSetSizes(azure, vm),
    readsPremium(azure, vm),
  ]);
  return {
    ...checkAzureResize(
      { ...facts, availabilitySetSizes, hasPremiumDisk },
      sizes.from,
      sizes.to,
      usages,
    ),
    instanceType: sizes.to.vmSize,
  };
}

async function readSetSizes(azure: Azure, { properties }: AzureVm): Promise<string[] | undefined> {
  const set = properties.availabilitySet?.id;
  if (set === undefined) return undefined;
  const sizes = await azure.list({
    path: `${set}/vmSizes`,
    api: 'compute',
    permission: 'Microsoft.Compute/availabilitySets/vmSizes/read',
    schema: AzureSizeName,
  });
  return sizes.map(({ name }) => name);
}

// A machine that is deallocated does not say what kind its disks are.
async function readsPremium(azure: Azure, { properties }: AzureVm): Promise<boolean> {
  const { osDisk, dataDisks = [] } = properties.storageProfile ?? {};
  const ids = [osDisk, ...dataDisks].flatMap((disk) => disk?.managedDisk?.id ?? []);
  const kinds = await Promise.all(
    ids.map(async (path) => {
      const permission = 'Microsoft.Compute/disks/read';
      return (await azure.read({ path, api: 'disks', permission, schema: AzureDisk })).sku.name;
    }),
  );
  return kinds.some((kind) => kind.startsWith('Premium'));
}

function toFacts(vm: AzureVm, lock: string | undefined): AzureVmFacts {
  const { properties } = vm;
  const storage = properties.storageProfile;
  return {
    vmSize: properties.hardwareProfile.vmSize,
    state: stateOf(vm),
    zone: vm.zones?.[0],
    isSpot: properties.priority === 'Spot' || properties.priority === 'Low',
    isScaleSetMember: properties.virtualMachineScaleSet != null,
    availabilitySetSizes: undefined,
    isOnDedicatedHost: properties.host != null || properties.hostGroup != null,
    hasCapacityReservation: properties.capacityReservation?.capacityReservationGroup != null,
    hasEphemeralOsDisk: storage?.osDisk?.diffDiskSettings?.option === 'Local',
    hasPremiumDisk: false,
    hasUltraDisk: properties.additionalCapabilities?.ultraSSDEnabled === true,
    dataDisks: storage?.dataDisks.length ?? 0,
    networkInterfaces: properties.networkProfile?.networkInterfaces.length ?? 0,
    diskController: storage?.diskControllerType ?? 'SCSI',
    generation: properties.instanceView?.hyperVGeneration,
    usesEncryptionAtHost: properties.securityProfile?.encryptionAtHost === true,
    lock,
  };
}
