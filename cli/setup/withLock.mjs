import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      await removeStale(file, owner);
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

/** A lock appears with its owner in it: a file that is made first and filled afterwards would look like nobody's in between. */
function take(file) {
  const mine = `${file}.${process.pid}.new`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** @returns {number | undefined} the process of the lock, 0 where the file names none, undefined where there is no lock */
function readOwner(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || 0;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes the lock of an owner that is gone. Those who saw the same stale lock take turns, by a lock that is named after
 * that owner, and look again: otherwise the second would remove what the first has taken in the meantime.
 */
function removeStale(file, owner) {
  return withLock(`${file}.${owner}`, async () => {
    if (readOwner(file) === owner && !isAlive(owner)) rmSync(file, { force: true });
  });
}

function isAlive(pid) {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
