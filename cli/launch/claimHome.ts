import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommandLine } from './process/findCommandLine.ts';

/**
 * Makes this process the only one that runs from the folder; returns the function that gives it free again. A claim whose
 * process is gone does not count.
 *
 * @throws Error in one line when another `npm start` runs from it
 */
export function claimHome(home: string): () => void {
  mkdirSync(home, { recursive: true });
  const file = join(home, 'launcher.pid');
  const owner = readOwner(file);
  if (owner !== undefined && owner !== process.pid && isLauncher(owner)) {
    throw new Error(
      `CostGuard already runs from ${home} (process ${owner}); stop it, or set COSTGUARD_HOME and the ports for a second one`,
    );
  }
  writeFileSync(file, String(process.pid), { mode: 0o600 });
  return () => {
    if (readOwner(file) === process.pid) rmSync(file, { force: true });
  };
}

function readOwner(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

const isLauncher = (pid: number) =>
  /bootstrap\.mjs start|launch\/start/.test(findCommandLine(pid) ?? '');
