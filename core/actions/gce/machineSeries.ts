/** What is known of a series of Compute Engine's machine types: which disks it takes, and what counts against which quota. */
interface Series {
  /** Kinds of Persistent Disk that its machines boot from and attach. */
  persistentDisks: 'all' | 'ssd' | 'none';
  takesHyperdisk: boolean;
  /** Machines need the network interface gVNIC and disks by NVMe. */
  needsGvnic: boolean;
}

const first: Series = { persistentDisks: 'all', takesHyperdisk: false, needsGvnic: false };
const second: Series = { ...first, takesHyperdisk: true };
const third: Series = { persistentDisks: 'ssd', takesHyperdisk: true, needsGvnic: true };
const hyperdiskOnly: Series = { ...third, persistentDisks: 'none' };

/**
 * Series by the first part of a type's name. One that is not here is not judged: Compute Engine itself refuses what does
 * not fit, and then the old type is restored.
 *
 * @see https://cloud.google.com/compute/docs/machine-resource (each series: "supported disk types")
 */
const SERIES: Readonly<Partial<Record<string, Series>>> = {
  f1: first,
  g1: first,
  n1: first,
  e2: first,
  t2a: first,
  c2: first,
  n2: second,
  n2d: second,
  t2d: second,
  c2d: second,
  m1: second,
  m2: second,
  m3: second,
  c3: third,
  c3d: third,
  n4: hyperdiskOnly,
  n4d: hyperdiskOnly,
  c4: hyperdiskOnly,
  c4a: hyperdiskOnly,
  c4d: hyperdiskOnly,
  x4: hyperdiskOnly,
  m4: hyperdiskOnly,
};

/** The series of a machine type: `n2` of `n2-standard-4`; custom types without one are N1. */
export function seriesOf(machineType: string): string {
  const name = machineType.split('-')[0] ?? '';
  return name === 'custom' ? 'n1' : name;
}

/** What is known of a type's series; undefined where nothing is. */
export function findSeries(machineType: string): Series | undefined {
  return SERIES[seriesOf(machineType)];
}

/** Whether a disk type such as `pd-balanced` fits a machine type; true where that is not known. */
export function takesDiskType(machineType: string, diskType: string): boolean {
  const series = findSeries(machineType);
  if (series === undefined) return true;
  if (diskType.startsWith('hyperdisk-')) return series.takesHyperdisk;
  if (!diskType.startsWith('pd-')) return true;
  if (series.persistentDisks === 'ssd') return diskType === 'pd-balanced' || diskType === 'pd-ssd';
  return series.persistentDisks === 'all';
}

/** The regional quota that a type's vCPUs count against, such as `N2_CPUS`. Those of older series share `CPUS`. */
export function cpuQuotaOf(machineType: string): string {
  const series = seriesOf(machineType);
  return ['f1', 'g1', 'n1', 'e2'].includes(series) ? 'CPUS' : `${series.toUpperCase()}_CPUS`;
}
