import type {
  MachineCloud,
  VolumeCloud,
} from '../../../activities/actions/compute/computeCloud.ts';
import type { CloudFaults } from './cloudFaults.ts';

/** An account at a cloud of ours, and somebody who can look and reach past its faults. */
export interface CloudAccount {
  faults: CloudFaults;
  url: string;
  /** What a worker needs to reach the account. */
  env: Record<string, string>;
  region: string;
  /** The types of a resize that works, largest first. */
  types: readonly [string, string];
  /** Clients of the account for the test's own process. */
  machines: MachineCloud;
  volumes: VolumeCloud;
  /** A running machine; `more` goes into its description as the provider has it. */
  launch: (type?: string, more?: Record<string, unknown>) => string;
  stop: (id: string) => void;
  start: (id: string) => void;
  changeType: (id: string, type: string) => void;
  terminate: (id: string) => void;
  /** The type and the state in the provider's own words, such as `e2-standard-4 RUNNING`. */
  look: (id: string) => string;
  /** A disk that nothing uses. */
  createDisk: (more?: Record<string, unknown>) => string;
  /** Who uses the disk; nobody without a user. */
  attach: (disk: string, user?: string) => void;
  /** Its state in the provider's own words; undefined when it is gone. */
  lookDisk: (disk: string) => string | undefined;
  /** Takes a permission away, by the provider's name. */
  deny: (permission: string) => void;
  /** Gives back all that was denied, and forgets faults. */
  clear: () => void;
  /** Requests that the provider does not have: each is a mistake of ours. */
  mistakes: string[];
  close: () => Promise<void>;
}
