import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * Whether a process is over and holds no port any more: it does not exist, or is a zombie that nobody has collected. An
 * empty command line does not say so: a process loses it before its sockets are closed.
 */
export function hasExited(pid: number): boolean {
  try {
    const state = existsSync('/proc/self')
      ? readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')
      : execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return state === '' || state.startsWith('Z') || state.startsWith('X');
  } catch {
    return true;
  }
}
