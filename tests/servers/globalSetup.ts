import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { reapRecorded } from '../../cli/launch/process/processRecords.ts';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { startServerBroker } from './serverBroker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the broker that starts a run's real servers when the first test asks for them. */
    serverBroker: string;
    /** Where the processes of this run are recorded; everything in it is ended when the run ends. */
    recordsDir: string;
  }
}

/** Opens the broker for one test run; the returned function ends every server and every recorded process. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runs = join(projectRoot, '.cache', 'test-processes');
  const recordsDir = join(runs, String(process.pid));
  await reapKilledRuns(runs);
  const broker = await startServerBroker(recordsDir);
  project.provide('serverBroker', broker.url);
  project.provide('recordsDir', recordsDir);
  return async () => {
    await broker.close();
    const left = await reapRecorded(recordsDir);
    if (left.length > 0)
      process.stderr.write(`Ended what tests left running: ${left.join(', ')}\n`);
  };
}

/** A run that was killed could not end its servers: the next one does it. */
async function reapKilledRuns(runs: string): Promise<void> {
  for (const pid of listFolder(runs).filter((name) => !isAlive(Number(name)))) {
    await reapRecorded(join(runs, pid));
    rmSync(join(runs, pid), { recursive: true, force: true });
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
