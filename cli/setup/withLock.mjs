import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs `work` while no other process runs anything under the same lock file; waits for the other otherwise. A lock whose
 * process is gone is taken over.
 *
 * @template T
 * @param {string} file the lock; it holds the process id of its owner
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (pid: number) => void }} [options] `onWait` is called once, when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, work, options = {}) {
  mkdirSync(dirname(file), { recursive: true });
  let isWaiting = false;
  while (!take(file)) {
    const owner = readOwner(file);
    if (owner === undefined || !isAlive(owner)) {
      removeStale(file, owner);
      continue;
    }
    if (!isWaiting) options.onWait?.(owner);
    isWaiting = true;
    await delay(250);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Moves the lock aside before removing it: of two processes that see the same stale lock, one succeeds. */
function removeStale(file, owner) {
  const aside = `${file}.${process.pid}`;
  try {
    if (readOwner(file) !== owner) return;
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch {
    // Another process was first.
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
