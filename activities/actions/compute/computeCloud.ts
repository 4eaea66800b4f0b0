import type { ActionPlan } from '../../../core/contracts/action.ts';

/** Where a resource is, as it is stored with its action. */
export interface ResourceRef {
  /** EC2: `i-…` or `vol-…`; Google: `projects/P/zones/Z/instances/N` or `…/disks/N`; Azure: the ARM id. */
  resourceId: string;
  /** The provider's name of the region, such as `us-east-1`, `us-central1` or `westeurope`. */
  region: string;
}

/**
 * Power states of every cloud in the words of EC2. `stopped` is a machine that costs no computing: at Azure that is
 * deallocated, and one that is only shut down is `powered-off`. Any other word is the provider's own.
 */
export type PowerState = 'pending' | 'running' | 'stopping' | 'stopped' | (string & {});

/** A machine as it is now. */
export interface Machine {
  /** The account, project or subscription that pays for it. */
  accountId: string;
  name: string | null;
  instanceType: string;
  state: PowerState;
  /** Tags or labels; keys as the provider has them. */
  tags: Readonly<Record<string, string>>;
}

/** What a change would meet; sentences for a person. */
export interface Findings {
  /** Why it is impossible. Empty when nothing stands in the way. */
  refusals: string[];
  /** What can break, and what cannot be undone. */
  risks: string[];
  /** The wanted type as the provider spells it, where it takes other spellings. */
  instanceType?: string;
}

/** A change of a machine. */
export type MachineChange =
  { kind: 'resize'; instanceType: string } | { kind: 'stop' } | { kind: 'start' };

/** The calls that change a machine. */
export type MachineCall = 'stop' | 'start' | 'setType';

/** What happens to a call that may be sent again: the same key is one effect where the provider takes keys. */
export interface CallKey {
  actionId: string;
  /** The step's key in the ledger, such as `back.startInstance`, and how often it was claimed: one key for each try that must act again. */
  step: string;
  attempt: number;
}

/** A disk as it is now. */
export interface Volume {
  accountId: string;
  name: string | null;
  /** `available` when nothing uses it, `in-use`, or the provider's own word. */
  state: 'available' | 'in-use' | (string & {});
  sizeGib: number;
  volumeType: string;
  zone: string;
  isEncrypted: boolean;
  /** What else a restored disk must have, in the provider's words: `iops`, `throughput`, `kmsKeyId` and the like. */
  settings: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
}

/** The copy of a disk that a deletion leaves behind. */
export interface Snapshot {
  snapshotId: string;
  state: 'pending' | 'completed' | 'failed';
}

/**
 * The machines of one cloud, as far as actions need them: everything about a provider that a kind of action must not know.
 * `Described` is a machine with what the cloud itself wants of it again. Reads may repeat by themselves; a call that changes
 * something is sent once, and its effect is read, never guessed.
 *
 * Every method throws CostGuardError: `resource_not_found` when the resource is gone, `permission_missing` naming the
 * permission, `capacity_unavailable`, `quota_exceeded`, `resource_busy`, `provider_throttled`, `provider_unavailable`,
 * `provider_answer_invalid`.
 */
export interface MachineCloud<Described extends Machine = Machine> {
  describe(ref: ResourceRef): Promise<Described>;
  /**
   * Says what stands in the way of a change and what it may break, from what the provider tells beforehand. `machine` is as
   * `describe` of the same cloud gave it just before.
   */
  check(ref: ResourceRef, machine: Described, change: MachineChange): Promise<Findings>;
  /** The calls of a change, in order, as a person sees them before approving. */
  listCalls(ref: ResourceRef, machine: Machine, change: MachineChange): ActionPlan['calls'];
  /** Tries the permission for the calls of a change without making them, where the provider lets one. */
  tryCalls(ref: ResourceRef, machine: Machine, change: MachineChange): Promise<void>;
  stop(ref: ResourceRef, key: CallKey): Promise<void>;
  start(ref: ResourceRef, key: CallKey): Promise<void>;
  /** Changes the type of a machine that is stopped. */
  setType(ref: ResourceRef, instanceType: string, key: CallKey): Promise<void>;
  /** What the provider's own checks say of a running machine; 'pending' means ask again. */
  checkHealth(ref: ResourceRef): Promise<'healthy' | 'pending' | 'impaired'>;
}

/** The disks of one cloud, as far as deleting one with a way back needs them. Errors as for {@link MachineCloud}. */
export interface VolumeCloud {
  /** undefined when there is none (any more). */
  find(ref: ResourceRef): Promise<Volume | undefined>;
  /** What stands in the way of deleting it and of restoring it, and what cannot be restored. */
  check(ref: ResourceRef, volume: Volume): Promise<Findings>;
  /** The calls of the deletion, in order. */
  listCalls(ref: ResourceRef, volume: Volume, snapshotName: string): ActionPlan['calls'];
  tryCalls(ref: ResourceRef, volume: Volume): Promise<void>;
  /** Begins a snapshot that is found again by its name; made twice it is one, as far as the provider allows. */
  createSnapshot(ref: ResourceRef, snapshotName: string, key: CallKey): Promise<void>;
  findSnapshot(ref: ResourceRef, snapshotName: string): Promise<Snapshot | undefined>;
  delete(ref: ResourceRef, key: CallKey): Promise<void>;
  /** Makes the disk again from the snapshot: same type, size, zone and tags, and where the cloud allows the same id. */
  restore(ref: ResourceRef, volume: Volume, snapshot: Snapshot, key: CallKey): Promise<void>;
  /** The disk made by `restore`, by its name or key; undefined while there is none. */
  findRestored(
    ref: ResourceRef,
    snapshotName: string,
  ): Promise<(Volume & { resourceId: string }) | undefined>;
}
