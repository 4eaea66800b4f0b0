/** What is known about an instance that is to change its type. Undefined means that the provider did not say. */
export interface InstanceFacts {
  instanceType: string;
  state: string;
  architecture: string | undefined;
  rootDeviceType: string | undefined;
  virtualizationType: string | undefined;
  enaSupport: boolean | undefined;
  isSpot: boolean;
  autoScalingGroup: string | undefined;
  isDedicatedHost: boolean;
  isHibernationOn: boolean;
  isStopProtected: boolean | undefined;
  /** A public IPv4 address that AWS takes back on stop, unlike an Elastic IP. */
  hasPassingPublicIp: boolean;
  networkInterfaces: number;
  volumes: number;
  zone: string;
}

/** What is known about an instance type. */
export interface InstanceTypeFacts {
  instanceType: string;
  architectures: readonly string[];
  virtualizationTypes: readonly string[];
  enaSupport: 'unsupported' | 'supported' | 'required' | undefined;
  nvmeSupport: 'unsupported' | 'supported' | 'required' | undefined;
  hasInstanceStore: boolean;
  isBurstable: boolean;
  networkInterfacesMax: number | undefined;
  volumesMax: number | undefined;
  memoryMib: number | undefined;
  vcpus: number | undefined;
}

/** Why a resize is impossible, and what can break when it is done; sentences for a person. */
export interface ResizeCheck {
  refusals: string[];
  risks: string[];
}

/**
 * Checks whether an EC2 instance can change its type, from what the EC2 APIs tell beforehand. Capacity and quotas show
 * only when the instance starts.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resize-limitations.html
 */
export function checkResize(
  instance: InstanceFacts,
  from: InstanceTypeFacts,
  to: InstanceTypeFacts,
  isOfferedInZone: boolean,
): ResizeCheck {
  return {
    refusals: [
      ...refuseForInstance(instance),
      ...refuseForTypes(instance, from, to),
      ...(isOfferedInZone
        ? []
        : [`${to.instanceType} is not offered in the instance's zone ${instance.zone}.`]),
    ],
    risks: listRisks(instance, from, to),
  };
}

/**
 * Checks whether an EC2 instance can be stopped and started again, or started. A rollback of a stop needs capacity.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html
 */
export function checkPower(instance: InstanceFacts, change: 'stop' | 'start'): ResizeCheck {
  if (change === 'start') {
    const risks = [
      'AWS may have no capacity for its type at that moment; then it stays stopped.',
      'It costs again from then on.',
    ];
    return { refusals: [], risks };
  }
  const risks: [boolean, string][] = [
    [true, 'What runs on it ends, and it cannot be reached until it is started again.'],
    [
      true,
      'A rollback starts it again, which needs capacity for its type; AWS keeps none for an instance that is stopped.',
    ],
    [instance.hasPassingPublicIp, 'Its public IPv4 address changes, because it has no Elastic IP.'],
    [true, 'What is on instance store volumes, if it has any, is erased; EBS volumes stay.'],
  ];
  return { refusals: refuseForInstance(instance), risks: sentences(risks) };
}

const sentences = (list: readonly [boolean, string][]): string[] =>
  list.filter(([applies]) => applies).map(([, sentence]) => sentence);

function refuseForInstance(instance: InstanceFacts): string[] {
  const refusals: [boolean, string][] = [
    [
      instance.rootDeviceType !== undefined && instance.rootDeviceType !== 'ebs',
      'The root device is not an EBS volume; such an instance cannot be stopped.',
    ],
    [instance.isSpot, 'It is a Spot instance; its type cannot be changed.'],
    [
      instance.autoScalingGroup !== undefined,
      'It belongs to an Auto Scaling group, which replaces a stopped instance; change the launch template instead.',
    ],
    [instance.isDedicatedHost, 'It runs on a Dedicated Host; resizing there is not offered yet.'],
    [instance.isHibernationOn, 'Hibernation is on; AWS refuses to change the type then.'],
    [
      instance.isStopProtected === true && instance.state === 'running',
      'Stop protection is on; turn it off first if the instance may be stopped.',
    ],
  ];
  return sentences(refusals);
}

function refuseForTypes(
  instance: InstanceFacts,
  from: InstanceTypeFacts,
  to: InstanceTypeFacts,
): string[] {
  const { architecture, virtualizationType } = instance;
  const name = to.instanceType;
  const refusals: [boolean, string][] = [
    [instance.instanceType === name, `The instance already is a ${name}.`],
    [
      architecture !== undefined && !to.architectures.includes(architecture),
      `${name} does not run ${architecture ?? 'this architecture'}.`,
    ],
    [
      virtualizationType !== undefined && !to.virtualizationTypes.includes(virtualizationType),
      `${name} does not take ${virtualizationType ?? 'this'} virtualization.`,
    ],
    [
      to.enaSupport === 'required' && instance.enaSupport === false,
      `${name} needs enhanced networking (ENA), which is off for this instance.`,
    ],
    [
      from.hasInstanceStore,
      `${from.instanceType} has instance store volumes; stopping the instance would erase them.`,
    ],
    [
      to.networkInterfacesMax !== undefined && instance.networkInterfaces > to.networkInterfacesMax,
      `${name} takes fewer network interfaces than the ${instance.networkInterfaces} attached.`,
    ],
    [
      to.volumesMax !== undefined && instance.volumes > to.volumesMax,
      `${name} takes fewer volumes than the ${instance.volumes} attached.`,
    ],
  ];
  return sentences(refusals);
}

function listRisks(
  instance: InstanceFacts,
  from: InstanceTypeFacts,
  to: InstanceTypeFacts,
): string[] {
  const runs = instance.state === 'running';
  const risks: [boolean, string][] = [
    [
      runs,
      'The instance is stopped and started again: it cannot be reached for some minutes, and what runs on it restarts.',
    ],
    [
      runs,
      `AWS may have no capacity for ${to.instanceType} at that moment; then the old type is restored and started, which needs capacity as well.`,
    ],
    [!runs, 'The instance is stopped and stays stopped.'],
    [instance.hasPassingPublicIp, 'Its public IPv4 address changes, because it has no Elastic IP.'],
    [
      less(to.memoryMib, from.memoryMib),
      `Memory shrinks from ${gib(from)} to ${gib(to)}; how much of it is used was not measured.`,
    ],
    [
      less(to.vcpus, from.vcpus),
      `vCPUs shrink from ${from.vcpus ?? '?'} to ${to.vcpus ?? '?'}; how busy they are was not measured.`,
    ],
    [
      to.nvmeSupport === 'required' && from.nvmeSupport !== 'required',
      'Volumes appear as NVMe devices afterwards: drivers must be there, and mounts must not use device names.',
    ],
    [
      to.isBurstable && !from.isBurstable,
      `${to.instanceType} has CPU credits: under lasting load it slows down or costs more.`,
    ],
  ];
  return sentences(risks);
}

function less(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && b !== undefined && a < b;
}

function gib({ memoryMib }: InstanceTypeFacts): string {
  return memoryMib === undefined ? 'unknown' : `${memoryMib / 1024} GiB`;
}
