import type { ResizeCheck } from '../checkResize.ts';
import { cpuQuotaOf, findSeries, seriesOf, takesDiskType } from './machineSeries.ts';

/** What is known about an instance of Compute Engine. Undefined means that Google did not say. */
export interface GceInstanceFacts {
  machineType: string;
  /** In the words of `PowerState`. */
  state: string;
  zone: string;
  architecture: 'X86_64' | 'ARM64' | undefined;
  localSsds: number;
  accelerators: number;
  isSpot: boolean;
  /** The managed group that made it. */
  instanceGroup: string | undefined;
  isSoleTenant: boolean;
  /** It takes its room from a reservation that it names. */
  hasOwnReservation: boolean;
  isConfidential: boolean;
  /** `pd-balanced` and the like, of each disk. */
  diskTypes: readonly string[];
  networkInterfaces: number;
  /** An interface is a VirtIO one by name. */
  hasVirtioNic: boolean;
  hasExternalIp: boolean;
  minCpuPlatform: string | undefined;
}

/** What is known about a machine type. */
export interface GceTypeFacts {
  machineType: string;
  architecture: 'X86_64' | 'ARM64' | undefined;
  vcpus: number;
  memoryMb: number;
  disksMax: number | undefined;
  isSharedCpu: boolean;
  accelerators: number;
  hasLocalSsd: boolean;
  /** Google's word, such as `DEPRECATED`; undefined for a current one. */
  deprecated: string | undefined;
}

/** A regional quota, in vCPUs. */
export interface GceQuota {
  metric: string;
  limit: number;
  usage: number;
}

/** Checks whether an instance can get another machine type. Whether there is capacity shows only when it starts. */
export function checkGceResize(
  instance: GceInstanceFacts,
  from: GceTypeFacts,
  to: GceTypeFacts,
  quotas: readonly GceQuota[],
): ResizeCheck {
  const runs = instance.state === 'running';
  return {
    refusals: [
      ...refuseStop(instance),
      ...refuseType(instance, from, to),
      ...(runs ? refuseQuota(from, to, quotas) : []),
    ],
    risks: [
      ...(runs ? riskStop(instance) : ['The instance is stopped and stays stopped.']),
      ...(runs
        ? [
            capacity(
              to.machineType,
              'then the old type is restored and started, which needs capacity as well',
            ),
          ]
        : []),
      ...riskType(instance, from, to),
    ],
  };
}

/** Checks whether an instance can be stopped and started again later. */
export function checkGceStop(instance: GceInstanceFacts): ResizeCheck {
  return {
    refusals: refuseStop(instance),
    risks: [
      ...riskStop(instance),
      capacity(instance.machineType, 'when it is started again, and then it stays stopped'),
    ],
  };
}

/** Checks whether an instance can be started. */
export function checkGceStart(
  instance: GceInstanceFacts,
  type: GceTypeFacts,
  quotas: readonly GceQuota[],
): ResizeCheck {
  return {
    refusals: [...applying(refusalsOfGroup(instance)), ...refuseQuota(undefined, type, quotas)],
    risks: [
      'It costs computing again from then on.',
      capacity(type.machineType, 'then it stays stopped'),
    ],
  };
}

type Rule = [applies: boolean, sentence: string];

const applying = (rules: readonly Rule[]): string[] =>
  rules.filter(([applies]) => applies).map(([, sentence]) => sentence);

const refusalsOfGroup = ({ instanceGroup }: GceInstanceFacts): Rule[] => [
  [
    instanceGroup !== undefined,
    `It belongs to the managed instance group ${instanceGroup ?? ''}, which replaces an instance that was changed; change its template or size instead.`,
  ],
];

function refuseStop(instance: GceInstanceFacts): string[] {
  return applying([
    ...refusalsOfGroup(instance),
    [instance.localSsds > 0, 'It has local SSDs; stopping the instance would erase them.'],
    [
      instance.isSpot,
      'It is a Spot (preemptible) instance; it may find no capacity to start again.',
    ],
    [instance.isSoleTenant, 'It runs on a sole-tenant node; changing it there is not offered yet.'],
  ]);
}

function refuseType(instance: GceInstanceFacts, from: GceTypeFacts, to: GceTypeFacts): string[] {
  const name = to.machineType;
  const isOtherSeries = seriesOf(name) !== seriesOf(from.machineType);
  const architecture = instance.architecture ?? from.architecture;
  const unfit = [...new Set(instance.diskTypes.filter((type) => !takesDiskType(name, type)))];
  return applying([
    [from.machineType === name, `The instance already is a ${name}.`],
    [
      instance.accelerators > 0 || from.accelerators > 0 || to.accelerators > 0,
      'Machines with accelerators (GPUs) cannot be resized like this.',
    ],
    [to.hasLocalSsd, `${name} brings local SSDs, which an existing instance cannot get.`],
    [
      architecture !== undefined &&
        to.architecture !== undefined &&
        architecture !== to.architecture,
      `${name} does not run ${architecture ?? ''}.`,
    ],
    [unfit.length > 0, `${name} does not take disks of type ${unfit.join(', ')}.`],
    [
      to.disksMax !== undefined && instance.diskTypes.length > to.disksMax,
      `${name} takes fewer disks than the ${instance.diskTypes.length} attached.`,
    ],
    [
      instance.hasVirtioNic && findSeries(name)?.needsGvnic === true,
      `${name} needs the network interface gVNIC; the instance has VirtIO.`,
    ],
    [
      instance.networkInterfaces > interfacesMax(to.vcpus),
      `${name} takes fewer network interfaces than the ${instance.networkInterfaces} attached.`,
    ],
    [
      instance.isConfidential && isOtherSeries,
      'It is a Confidential VM; those keep their series of machines.',
    ],
    [
      instance.hasOwnReservation,
      'It takes its room from a reservation that it names, which is for its present type.',
    ],
    [
      to.deprecated === 'OBSOLETE' || to.deprecated === 'DELETED',
      `Google no longer offers ${name}.`,
    ],
  ]);
}

// One for each vCPU, at least two and at most eight; @see https://cloud.google.com/vpc/docs/multiple-interfaces-concepts
const interfacesMax = (vcpus: number): number => Math.min(Math.max(vcpus, 2), 8);

function refuseQuota(
  from: GceTypeFacts | undefined,
  to: GceTypeFacts,
  quotas: readonly GceQuota[],
): string[] {
  const metric = cpuQuotaOf(to.machineType);
  const quota = quotas.find((one) => one.metric === metric);
  if (quota === undefined) return [];
  // Only vCPUs of instances that are not stopped count, so those of the old type come free.
  const freed = from !== undefined && cpuQuotaOf(from.machineType) === metric ? from.vcpus : 0;
  if (quota.usage - freed + to.vcpus <= quota.limit) return [];
  return [
    `The quota ${metric} of the region is used up: ${quota.usage} of ${quota.limit} vCPUs are in use, and ${to.machineType} needs ${to.vcpus}.`,
  ];
}

const capacity = (machineType: string, then: string): string =>
  `Google may have no capacity for ${machineType} in the zone at that moment; ${then}.`;

function riskStop(instance: GceInstanceFacts): string[] {
  return applying([
    [true, 'The instance is stopped: it cannot be reached, and what runs on it ends.'],
    [instance.hasExternalIp, 'Its external IP address changes unless it is a reserved one.'],
  ]);
}

function riskType(instance: GceInstanceFacts, from: GceTypeFacts, to: GceTypeFacts): string[] {
  const name = to.machineType;
  const isOtherSeries = seriesOf(name) !== seriesOf(from.machineType);
  const gib = (mb: number) => `${mb / 1024} GiB`;
  return applying([
    [
      to.memoryMb < from.memoryMb,
      `Memory shrinks from ${gib(from.memoryMb)} to ${gib(to.memoryMb)}; how much of it is used was not measured.`,
    ],
    [
      to.vcpus < from.vcpus,
      `vCPUs shrink from ${from.vcpus} to ${to.vcpus}; how busy they are was not measured.`,
    ],
    [
      to.isSharedCpu && !from.isSharedCpu,
      `${name} shares its CPU: under lasting load it slows down.`,
    ],
    [
      isOtherSeries && findSeries(name) === undefined,
      `What ${name} asks of disks and network is not known here; Google refuses the change while the instance is stopped if they do not fit.`,
    ],
    [
      isOtherSeries && instance.minCpuPlatform !== undefined,
      `The instance asks for the CPU platform ${instance.minCpuPlatform ?? ''}, which ${name} may not have.`,
    ],
    [
      isOtherSeries &&
        findSeries(name)?.needsGvnic === true &&
        findSeries(from.machineType)?.needsGvnic === false,
      'Disks appear as NVMe devices afterwards, and the guest system needs drivers for NVMe and gVNIC.',
    ],
    [to.deprecated === 'DEPRECATED', `Google has deprecated ${name}.`],
  ]);
}
