import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { makeVenv } from '../../cli/launch/python/makeVenv.ts';
import { userCacheDir } from '../../cli/launch/userCacheDir.ts';

const requirementsFile = join(projectRoot, 'tools', 'schemathesis-requirements.txt');

/**
 * Makes sure that the user's cache has a Python virtual environment with the pinned schemathesis, and returns its program
 * `st`. Some 15 s and 95 MB the first time.
 *
 * @throws NoPythonError where there is no Python 3.10 or later with `venv`
 */
export async function ensureSchemathesis(): Promise<string> {
  const pins = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex');
  const folder = join(userCacheDir(), `schemathesis-${pins.slice(0, 12)}`);
  const mark = join(folder, 'ready');
  if (!existsSync(mark)) {
    await makeVenv(folder, requirementsFile);
    writeFileSync(mark, '');
  }
  return join(folder, 'bin', 'st');
}
