import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

/** How long an import took, start of its process included, and the most memory it held. */
export interface ImportRun {
  seconds: number;
  peakRssMegabytes: number;
}

const POLL_MS = 50;

/** Runs `costguard import` as an operator would, in a process of its own. @throws Error where it fails */
export async function runImport(
  databaseUrl: string,
  file: string,
  connection: string,
): Promise<ImportRun> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [join(projectRoot, 'dist/cli/costguard.js'), 'import', file, '--connection', connection],
    { env: { DATABASE_URL: databaseUrl }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  let peakRssMegabytes = 0;
  // The kernel keeps the peak, so that it does not matter when it is read; after the end it is gone.
  const timer = setInterval(() => {
    peakRssMegabytes = Math.max(peakRssMegabytes, readPeak(child.pid));
  }, POLL_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  if (code !== 0) throw new Error(`The import ended with ${String(code)}.`);
  return { seconds: (performance.now() - started) / 1000, peakRssMegabytes };
}

function readPeak(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
