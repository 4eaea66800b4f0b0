import type { ResizeCheck } from '../checkResize.ts';

/** What is known about a zonal disk of Compute Engine that is to be deleted. */
export interface GceDiskFacts {
  /** As `Volume.state`. */
  state: string;
  /** Names of the instances that use it. */
  users: readonly string[];
  /** Encrypted with a key that only its owner holds: without it there can be no snapshot. */
  hasCustomerSuppliedKey: boolean;
  isConfidential: boolean;
  /** Several machines may write to it at once. */
  isShared: boolean;
  isReplicated: boolean;
  inStoragePool: boolean;
  hasSnapshotSchedule: boolean;
}

/** Checks whether a disk can be deleted, and made again from its snapshot as it was. */
export function checkGceDisk(disk: GceDiskFacts): ResizeCheck {
  const rules: [boolean, string][] = [
    [disk.users.length > 0, `It is in use by ${disk.users.join(', ')}.`],
    [
      disk.users.length === 0 && disk.state !== 'available',
      `It is ${disk.state}; only a disk that is ready can be deleted with a way back.`,
    ],
    [
      disk.hasCustomerSuppliedKey,
      'It is encrypted with a customer-supplied key, without which there can be no snapshot of it.',
    ],
    [
      disk.isConfidential,
      'It is a disk for confidential computing, which cannot be restored as one.',
    ],
    [disk.isShared, 'Several machines may write to it at once; that cannot be restored.'],
    [disk.isReplicated, 'It is part of an asynchronous replication; end that first.'],
    [disk.inStoragePool, 'It is in a storage pool; restoring it there is not offered yet.'],
  ];
  const risks: [boolean, string][] = [
    [
      true,
      'The snapshot that is left costs money as well; without the rollback it is yours to delete.',
    ],
    [
      true,
      'A restored disk has the same name, type, size, zone, labels, performance and key, and another numeric id.',
    ],
    [disk.hasSnapshotSchedule, 'A restored disk has no snapshot schedule.'],
  ];
  const applying = (some: typeof rules) =>
    some.filter(([applies]) => applies).map(([, text]) => text);
  return { refusals: applying(rules), risks: applying(risks) };
}
