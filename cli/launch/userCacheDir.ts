import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where things that are slow to make and the same for every clone are kept: the built Temporal server, the tests' moto.
 * `XDG_CACHE_HOME/costguard`, by default `~/.cache/costguard`.
 */
export function userCacheDir(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'costguard');
}
