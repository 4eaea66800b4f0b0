import type { ResizeCheck } from '../checkResize.ts';

/** What is known about a virtual machine of Azure. Undefined means that Azure did not say. */
export interface AzureVmFacts {
  vmSize: string;
  /** In the words of `PowerState`. */
  state: string;
  zone: string | undefined;
  isSpot: boolean;
  isScaleSetMember: boolean;
  /** Sizes that its availability set offers; undefined where it is in none. */
  availabilitySetSizes: readonly string[] | undefined;
  isOnDedicatedHost: boolean;
  hasCapacityReservation: boolean;
  hasEphemeralOsDisk: boolean;
  hasPremiumDisk: boolean;
  hasUltraDisk: boolean;
  dataDisks: number;
  networkInterfaces: number;
  /** `SCSI` or `NVMe`. */
  diskController: string;
  /** `V1` or `V2`. */
  generation: string | undefined;
  usesEncryptionAtHost: boolean;
  /** Of a lock that keeps it from being changed. */
  lock: string | undefined;
}

/** What is known about a size. */
export interface AzureSizeFacts {
  vmSize: string;
  /** The quota that it counts against, such as `standardDSv5Family`. */
  family: string;
  vcpus: number;
  memoryGib: number;
  architecture: 'x64' | 'Arm64';
  takesPremium: boolean;
  takesUltra: boolean;
  takesEncryptionAtHost: boolean;
  dataDisksMax: number | undefined;
  networkInterfacesMax: number | undefined;
  diskControllers: readonly string[];
  generations: readonly string[];
  hasTempDisk: boolean;
  hasAcceleratedNetworking: boolean;
  /** Not to be had by this subscription: in the region, or in these zones only. */
  isRestricted: boolean;
  restrictedZones: readonly string[];
}

/** A quota of the subscription in a region, in vCPUs. */
export interface AzureUsage {
  /** `cores` for all together, or a family. */
  name: string;
  label: string;
  used: number;
  limit: number;
}

/** Checks whether a machine can get another size. Whether there is capacity shows only when it starts. */
export function checkAzureResize(
  vm: AzureVmFacts,
  from: AzureSizeFacts,
  to: AzureSizeFacts,
  usages: readonly AzureUsage[],
): ResizeCheck {
  const runs = vm.state === 'running';
  return {
    refusals: [
      ...refuseChange(vm),
      ...(runs ? refuseStop(vm) : []),
      ...refuseSize(vm, from, to),
      ...refuseQuota(from, to, usages),
    ],
    risks: [
      ...(runs
        ? [
            ...riskStop(vm, from),
            capacity(
              to.vmSize,
              'then the old size is restored and started, which needs capacity as well',
            ),
          ]
        : ['The machine is deallocated and stays so.']),
      ...riskSize(from, to),
    ],
  };
}

/** Checks whether a machine can be deallocated and started again later. */
export function checkAzureStop(vm: AzureVmFacts, size: AzureSizeFacts): ResizeCheck {
  return {
    refusals: [...refuseChange(vm), ...refuseStop(vm)],
    risks: [
      ...riskStop(vm, size),
      capacity(vm.vmSize, 'when it is started again, and then it stays deallocated'),
    ],
  };
}

/** Checks whether a machine can be started. Its vCPUs count against the quota while it is deallocated, too. */
export function checkAzureStart(vm: AzureVmFacts): ResizeCheck {
  return {
    refusals: refuseChange(vm),
    risks: [
      'It costs computing again from then on.',
      capacity(vm.vmSize, 'then it stays deallocated'),
    ],
  };
}

type Rule = [applies: boolean, sentence: string];

const applying = (rules: readonly Rule[]): string[] =>
  rules.filter(([applies]) => applies).map(([, sentence]) => sentence);

function refuseChange(vm: AzureVmFacts): string[] {
  return applying([
    [
      vm.isScaleSetMember,
      'It belongs to a scale set, which replaces a machine that was changed; change the scale set instead.',
    ],
    [
      vm.lock !== undefined,
      `The lock ${vm.lock ?? ''} keeps it from being changed; remove the lock first.`,
    ],
  ]);
}

function refuseStop(vm: AzureVmFacts): string[] {
  return applying([
    [
      vm.hasEphemeralOsDisk,
      'Its system disk is ephemeral; such a machine cannot be deallocated without losing it.',
    ],
    [vm.isSpot, 'It is a Spot machine; it may find no capacity to start again.'],
    [vm.isOnDedicatedHost, 'It runs on a dedicated host; changing it there is not offered yet.'],
  ]);
}

function refuseSize(vm: AzureVmFacts, from: AzureSizeFacts, to: AzureSizeFacts): string[] {
  const name = to.vmSize;
  const isIn = (list: readonly string[], wanted: string) =>
    list.some((one) => one.toLowerCase() === wanted.toLowerCase());
  return applying([
    [isIn([vm.vmSize], name), `The machine already is a ${name}.`],
    [
      to.isRestricted || (vm.zone !== undefined && to.restrictedZones.includes(vm.zone)),
      `${name} is not available to this subscription in the machine's region${vm.zone === undefined ? '' : ` and zone ${vm.zone}`}.`,
    ],
    [
      vm.availabilitySetSizes !== undefined && !isIn(vm.availabilitySetSizes, name),
      `The hardware of the machine's availability set does not offer ${name}; all its machines would have to be deallocated.`,
    ],
    [
      vm.hasCapacityReservation,
      'It takes its room from a capacity reservation, which is for its present size.',
    ],
    [from.architecture !== to.architecture, `${name} does not run ${from.architecture}.`],
    [vm.hasPremiumDisk && !to.takesPremium, `${name} does not take Premium disks, which it has.`],
    [vm.hasUltraDisk && !to.takesUltra, `${name} does not take Ultra disks, which are on for it.`],
    [
      to.dataDisksMax !== undefined && vm.dataDisks > to.dataDisksMax,
      `${name} takes fewer data disks than the ${vm.dataDisks} attached.`,
    ],
    [
      to.networkInterfacesMax !== undefined && vm.networkInterfaces > to.networkInterfacesMax,
      `${name} takes fewer network interfaces than the ${vm.networkInterfaces} attached.`,
    ],
    [
      !isIn(to.diskControllers, vm.diskController),
      `${name} does not attach disks by ${vm.diskController}; the machine's system has to be prepared for ${to.diskControllers.join(' or ')} first.`,
    ],
    [
      vm.generation !== undefined &&
        to.generations.length > 0 &&
        !isIn(to.generations, vm.generation),
      `${name} does not run machines of generation ${vm.generation ?? ''}.`,
    ],
    [
      from.hasTempDisk !== to.hasTempDisk,
      `${to.hasTempDisk ? name : from.vmSize} has a local temporary disk and the other has none; Azure does not change between the two.`,
    ],
    [
      vm.usesEncryptionAtHost && !to.takesEncryptionAtHost,
      `${name} has no encryption at host, which is on for the machine.`,
    ],
  ]);
}

// Azure counts the vCPUs of machines that are deallocated as well; @see https://learn.microsoft.com/azure/virtual-machines/quotas
function refuseQuota(
  from: AzureSizeFacts,
  to: AzureSizeFacts,
  usages: readonly AzureUsage[],
): string[] {
  const isSameFamily = from.family.toLowerCase() === to.family.toLowerCase();
  const more = to.vcpus - from.vcpus;
  const needed = [
    { name: 'cores', vcpus: more },
    { name: to.family.toLowerCase(), vcpus: isSameFamily ? more : to.vcpus },
  ];
  return needed.flatMap(({ name, vcpus }) => {
    const usage = usages.find((one) => one.name.toLowerCase() === name);
    if (usage === undefined || vcpus <= 0 || usage.used + vcpus <= usage.limit) return [];
    return [
      `The quota "${usage.label}" of the region is used up: ${usage.used} of ${usage.limit} vCPUs are in use, and ${to.vmSize} needs ${vcpus} more.`,
    ];
  });
}

const capacity = (vmSize: string, then: string): string =>
  `Azure may have no capacity for ${vmSize} at that moment; ${then}.`;

function riskStop(vm: AzureVmFacts, size: AzureSizeFacts): string[] {
  return applying([
    [true, 'The machine is deallocated: it cannot be reached, and what runs on it ends.'],
    [true, 'A public IP address that is not static changes.'],
    [size.hasTempDisk, 'What is on the temporary disk is lost.'],
    [
      vm.hasCapacityReservation,
      'It takes its room from a capacity reservation, which goes on costing money.',
    ],
  ]);
}

function riskSize(from: AzureSizeFacts, to: AzureSizeFacts): string[] {
  return applying([
    [
      to.memoryGib < from.memoryGib,
      `Memory shrinks from ${from.memoryGib} GiB to ${to.memoryGib} GiB; how much of it is used was not measured.`,
    ],
    [
      to.vcpus < from.vcpus,
      `vCPUs shrink from ${from.vcpus} to ${to.vcpus}; how busy they are was not measured.`,
    ],
    [
      from.hasAcceleratedNetworking && !to.hasAcceleratedNetworking,
      `${to.vmSize} has no accelerated networking; where it is on for an interface, Azure refuses the change while the machine is deallocated.`,
    ],
    [
      /^standard_b/i.test(to.vmSize) && !/^standard_b/i.test(from.vmSize),
      `${to.vmSize} has CPU credits: under lasting load it slows down.`,
    ],
  ]);
}
