import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findCommandLine } from '../process/findCommandLine.ts';
import { hasExited } from '../process/hasExited.ts';
import { waitUntil } from '../waitUntil.ts';

/**
 * Prepares a data folder for a start after an unclean stop: ends a Postgres that still runs on this very folder, and
 * removes a lock file whose process id by now belongs to another program (Postgres itself would refuse to start).
 */
export async function clearStaleLock(dataDir: string): Promise<void> {
  const lock = join(dataDir, 'postmaster.pid');
  const pid = readPid(lock);
  if (pid === undefined) return;
  const runsHere = () => findCommandLine(pid)?.includes(dataDir) === true;
  if (runsHere()) {
    process.kill(pid, 'SIGINT');
    await waitUntil(() => hasExited(pid), {
      timeoutMs: 15_000,
      what: `the Postgres (process ${pid}) that an earlier run left on ${dataDir} ends`,
    });
  }
  rmSync(lock, { force: true });
}

function readPid(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}
