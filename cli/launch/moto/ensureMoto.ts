import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeVenv } from '../python/makeVenv.ts';
import { requirementsFile, requirementsKey } from './motoRequirements.ts';

/**
 * Makes sure that `venvDir` is a Python virtual environment with the pinned moto in it, and returns the program
 * `moto_server`. Takes about 12 s the first time, needs PyPI for that, and nothing afterwards.
 *
 * @throws NoPythonError where there is no Python 3.10 or later with `venv`
 */
export async function ensureMoto(venvDir: string, signal?: AbortSignal): Promise<string> {
  const mark = join(venvDir, `ready-${requirementsKey()}`);
  if (!existsSync(mark)) {
    await makeVenv(venvDir, requirementsFile, signal);
    writeFileSync(mark, '');
  }
  return join(venvDir, 'bin', 'moto_server');
}
