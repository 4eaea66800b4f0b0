import type { ResizeCheck } from '../checkResize.ts';

/** What is known about a managed disk of Azure that is to be deleted. */
export interface AzureDiskFacts {
  /** As `Volume.state`. */
  state: string;
  /** Name of the machine that has it. */
  owner: string | undefined;
  /** Machines that may share it; 1 for an ordinary disk. */
  sharesMax: number;
  isConfidential: boolean;
  /** Of a lock that keeps it from being deleted. */
  lock: string | undefined;
}

/** Checks whether a disk can be deleted, and made again from its snapshot as it was. */
export function checkAzureDisk(disk: AzureDiskFacts): ResizeCheck {
  const rules: [boolean, string][] = [
    [disk.owner !== undefined, `It belongs to ${disk.owner ?? ''}, running or not.`],
    [
      disk.owner === undefined && disk.state !== 'available',
      `It is ${disk.state}; only a disk that nothing uses can be deleted.`,
    ],
    [disk.lock !== undefined, `The lock ${disk.lock ?? ''} keeps it from being deleted.`],
    [disk.sharesMax > 1, 'Several machines may share it; that cannot be restored.'],
    [disk.isConfidential, 'It is a confidential disk, which cannot be restored as one.'],
  ];
  const risks: [boolean, string][] = [
    [
      true,
      'The snapshot that is left costs money as well; without the rollback it is yours to delete.',
    ],
    [
      true,
      'A restored disk has the same id, type, size, zone, tags, performance and encryption; role assignments and locks of its own are gone.',
    ],
  ];
  const applying = (some: typeof rules) =>
    some.filter(([applies]) => applies).map(([, text]) => text);
  return { refusals: applying(rules), risks: applying(risks) };
}
