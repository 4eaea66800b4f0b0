import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../cli/launch/projectRoot.ts';
import { makeVenv } from '../../../cli/launch/python/makeVenv.ts';
import { userCacheDir } from '../../../cli/launch/userCacheDir.ts';

const requirementsFile = join(projectRoot, 'tools', 'cloud-clients-requirements.txt');

/**
 * Makes sure that the user's cache has a Python virtual environment with Google's and Microsoft's own clients, and returns
 * its `python`. Takes some 30 s and 190 MB the first time, needs PyPI for that, and nothing afterwards.
 *
 * @throws Error where there is no Python 3.10 or later with `venv`
 */
export async function ensureCloudClients(): Promise<string> {
  const key = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex');
  const folder = join(userCacheDir(), `cloud-clients-${key.slice(0, 12)}`);
  const mark = join(folder, 'ready');
  if (!existsSync(mark)) {
    await makeVenv(folder, requirementsFile);
    writeFileSync(mark, '');
  }
  return join(folder, 'bin', 'python');
}
