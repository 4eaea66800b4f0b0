import { readdirSync, readFileSync } from 'node:fs';

/** The most memory that each process has held while it was watched, in megabytes, by name. */
export interface MemoryWatch {
  stop: () => Record<string, number>;
}

const INTERVAL_MS = 2_000;

/**
 * Looks at processes every two seconds until it is stopped. A process counts with its descendants, by their proportional set
 * size: memory that several share (Postgres' buffers) is divided among them, so that a sum counts it once.
 */
export function watchMemory(pids: () => ReadonlyMap<string, number>): MemoryWatch {
  const peaks: Record<string, number> = {};
  const look = (): void => {
    const children = readChildren();
    for (const [name, pid] of pids()) {
      const megabytes = treeMegabytes(pid, children);
      peaks[name] = Math.max(peaks[name] ?? 0, megabytes);
    }
  };
  const timer = setInterval(look, INTERVAL_MS);
  look();
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peaks;
    },
  };
}

function readChildren(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // After the name in brackets: the state, then the parent.
    const parent = Number(read(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}

function treeMegabytes(pid: number, children: ReadonlyMap<number, number[]>): number {
  const own = Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1000;
  return (children.get(pid) ?? []).reduce(
    (sum, child) => sum + treeMegabytes(child, children),
    own,
  );
}

/** Empty for a process that has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
