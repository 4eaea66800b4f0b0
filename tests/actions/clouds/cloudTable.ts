import type { ActionCreate } from '../../../core/contracts/action.ts';
import type { AwsAccount } from '../awsAccount.ts';
import type { AzureAccount } from '../azureAccount.ts';
import type { GceAccount } from '../gceAccount.ts';
import type { CloudAccount } from './cloudAccount.ts';

/** The kinds of action that every cloud has. */
export type CloudKind = 'resize_instance' | 'stop_instance' | 'start_instance' | 'delete_volume';

export const CLOUD_KINDS: readonly CloudKind[] = [
  'resize_instance',
  'stop_instance',
  'start_instance',
  'delete_volume',
];

/** What a matrix over the clouds asks of each, whatever it is. */
export interface CloudUnderTest {
  provider: 'aws' | 'gcp' | 'azure';
  /** The calls of each kind that change something, in order. */
  calls: Record<CloudKind, readonly string[]>;
  /** The provider's word for a start without capacity, and how it says so. */
  noCapacity: { error: string; status: number } | { fails: string };
  make: (kind: CloudKind) => Promise<string>;
  create: (kind: CloudKind, connectionId: string, resourceId: string) => ActionCreate;
  hold: (call: string, when: 'before' | 'after', resource: string) => Promise<unknown>;
  /** Forgets faults and lets held calls end without a reply. */
  clear: () => void;
  /** The changing calls; only those that took effect, if asked. */
  mutations: (resource: string, effectiveOnly?: boolean) => string[];
  /** What is there, in the provider's words: `m5.large running`, or `there` and `gone` of a disk. */
  look: (kind: CloudKind, resource: string) => Promise<string>;
  before: Record<CloudKind, string>;
  after: Record<CloudKind, string>;
  /** What somebody else does, past the worker. */
  others: {
    stop: (machine: string) => Promise<void>;
    start: (machine: string) => Promise<void>;
    /** Gives it a type that no plan knows. */
    changeType: (machine: string) => Promise<void>;
    /** Gives it the type of before. */
    changeBack: (machine: string) => Promise<void>;
    terminate: (machine: string) => Promise<void>;
    deleteDisk: (disk: string) => Promise<void>;
    attach: (disk: string) => Promise<void>;
  };
  /** The machine after `changeType`, while it is stopped. */
  changedByOthers: string;
}

/** The three clouds over accounts that are open by the time they are asked. */
export function cloudTable(open: {
  aws: () => AwsAccount;
  gce: () => GceAccount;
  azure: () => AzureAccount;
}): CloudUnderTest[] {
  return [
    ofAws(open.aws),
    ofOther({
      provider: 'gcp',
      open: open.gce,
      noCapacity: 'ZONE_RESOURCE_POOL_EXHAUSTED',
      calls: ['instances.stop', 'instances.setMachineType', 'instances.start'],
      deletion: ['disks.createSnapshot', 'disks.delete'],
      running: 'RUNNING',
      stopped: 'TERMINATED',
      otherType: 'n2-standard-4',
      deleteDisk: (disk) => void open.gce().state.disks.delete(disk),
    }),
    ofOther({
      provider: 'azure',
      open: open.azure,
      noCapacity: 'AllocationFailed',
      calls: ['virtualMachines.deallocate', 'virtualMachines.update', 'virtualMachines.start'],
      deletion: ['snapshots.createOrUpdate', 'disks.delete'],
      running: 'running',
      stopped: 'deallocated',
      otherType: 'Standard_E4s_v5',
      deleteDisk: (disk) => void open.azure().state.disks.delete(disk),
    }),
  ];
}

function callsOf([stop, setType, start]: readonly [string, string, string], deletion: string[]) {
  return {
    resize_instance: [stop, setType, start],
    stop_instance: [stop],
    start_instance: [start],
    delete_volume: deletion,
  };
}

function statesOf([large, small]: readonly [string, string], running: string, stopped: string) {
  return {
    before: {
      resize_instance: `${large} ${running}`,
      stop_instance: `${large} ${running}`,
      start_instance: `${large} ${stopped}`,
      delete_volume: 'there',
    },
    after: {
      resize_instance: `${small} ${running}`,
      stop_instance: `${large} ${stopped}`,
      start_instance: `${large} ${running}`,
      delete_volume: 'gone',
    },
  };
}

function createOf(
  kind: CloudKind,
  about: { connectionId: string; resourceId: string; region: string },
  instanceType: string,
): ActionCreate {
  return kind === 'resize_instance'
    ? { ...about, kind, target: { instanceType } }
    : { ...about, kind };
}

function ofAws(open: () => AwsAccount): CloudUnderTest {
  return {
    provider: 'aws',
    calls: callsOf(
      ['StopInstances', 'ModifyInstanceAttribute', 'StartInstances'],
      ['CreateSnapshot', 'DeleteVolume'],
    ),
    noCapacity: { error: 'InsufficientInstanceCapacity', status: 500 },
    make: async (kind) => {
      if (kind === 'delete_volume') return open().createVolume();
      const id = await open().launch('m5.xlarge');
      if (kind === 'start_instance') await open().stop(id);
      return id;
    },
    create: (kind, connectionId, resourceId) =>
      createOf(kind, { connectionId, resourceId, region: 'us-east-1' }, 'm5.large'),
    hold: (call, when, instance) => open().proxy.on(call, { hold: when }, { instance }),
    clear: () => open().proxy.clear(),
    mutations: (resource, effectiveOnly) => open().proxy.mutations(resource, effectiveOnly),
    look: async (kind, resource) => {
      if (kind !== 'delete_volume') return open().look(resource);
      const volumes = await open().listVolumes();
      const snapshots = await open().listSnapshots();
      // AWS gives no id twice: a disk that is there again has the snapshot of the old one.
      const own = snapshots.flatMap(({ VolumeId, SnapshotId = '' }) =>
        VolumeId === resource ? [SnapshotId] : [],
      );
      const found = volumes.filter(
        ({ VolumeId, SnapshotId }) => VolumeId === resource || own.includes(SnapshotId ?? ''),
      );
      return ['gone', 'there'][found.length] ?? `there ${found.length} times`;
    },
    ...statesOf(['m5.xlarge', 'm5.large'], 'running', 'stopped'),
    others: {
      stop: (id) => open().stop(id),
      start: (id) => open().start(id),
      changeType: (id) => open().changeType(id, 'm5.4xlarge'),
      changeBack: (id) => open().changeType(id, 'm5.xlarge'),
      terminate: (id) => open().terminate(id),
      deleteDisk: (id) => open().deleteVolume(id),
      attach: async (id) => open().attach(id, await open().launch()),
    },
    changedByOthers: 'm5.4xlarge stopped',
  };
}

function ofOther(words: {
  provider: 'gcp' | 'azure';
  open: () => CloudAccount;
  noCapacity: string;
  calls: readonly [string, string, string];
  deletion: string[];
  running: string;
  stopped: string;
  otherType: string;
  deleteDisk: (disk: string) => void;
}): CloudUnderTest {
  const { open, running, stopped, otherType } = words;
  const types = {
    gcp: ['e2-standard-4', 'e2-standard-2'],
    azure: ['Standard_D4s_v5', 'Standard_D2s_v5'],
  } as const;
  const [large, small] = types[words.provider];
  const later = (change: (id: string) => void) => (id: string) => {
    change(id);
    return Promise.resolve();
  };
  return {
    provider: words.provider,
    calls: callsOf(words.calls, words.deletion),
    noCapacity: { fails: words.noCapacity },
    make: (kind) => {
      if (kind === 'delete_volume') return Promise.resolve(open().createDisk());
      const id = open().launch(large);
      if (kind === 'start_instance') open().stop(id);
      return Promise.resolve(id);
    },
    create: (kind, connectionId, resourceId) =>
      createOf(kind, { connectionId, resourceId, region: open().region }, small),
    hold: (call, when, resource) => open().faults.on(call, { hold: when }, { resource }),
    clear: () => open().faults.clear(),
    mutations: (resource, effectiveOnly) => open().faults.mutations(resource, effectiveOnly),
    look: (kind, resource) =>
      Promise.resolve(
        kind === 'delete_volume'
          ? open().lookDisk(resource) === undefined
            ? 'gone'
            : 'there'
          : open().look(resource),
      ),
    ...statesOf([large, small], running, stopped),
    others: {
      stop: later((id) => open().stop(id)),
      start: later((id) => open().start(id)),
      changeType: later((id) => open().changeType(id, otherType)),
      changeBack: later((id) => open().changeType(id, large)),
      terminate: later((id) => open().terminate(id)),
      deleteDisk: later(words.deleteDisk),
      attach: later((id) => open().attach(id, open().launch(large))),
    },
    changedByOthers: `${otherType} ${stopped}`,
  };
}
