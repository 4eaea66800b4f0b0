import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../runCommand.ts';
import { findPython } from './findPython.ts';
import { requirementsFile, requirementsKey } from './motoRequirements.ts';

/** Python 3 is missing or cannot make virtual environments; its message says so in one line. */
export class NoPythonError extends Error {}

/**
 * Makes sure that `venvDir` is a Python virtual environment with the pinned moto in it, and returns the program
 * `moto_server`. Takes about 12 s the first time, needs PyPI for that, and nothing afterwards.
 *
 * @throws NoPythonError where there is no Python 3.10 or later with `venv`
 */
export async function ensureMoto(venvDir: string, signal?: AbortSignal): Promise<string> {
  const stop = signal === undefined ? {} : { signal };
  const program = join(venvDir, 'bin', 'moto_server');
  const mark = join(venvDir, `ready-${requirementsKey()}`);
  if (existsSync(mark)) return program;
  const python = await findPython();
  if (python === undefined) {
    throw new NoPythonError(
      'Python 3.10 or later was not found; install python3 and python3-venv.',
    );
  }
  rmSync(venvDir, { recursive: true, force: true });
  mkdirSync(dirname(venvDir), { recursive: true });
  try {
    await runCommand({
      command: python,
      args: ['-m', 'venv', venvDir],
      timeoutMs: 60_000,
      ...stop,
    });
  } catch (error) {
    throw new NoPythonError(
      'Python 3 cannot make a virtual environment; install the package python3-venv.',
      { cause: error },
    );
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await runCommand({
    command: join(venvDir, 'bin', 'python'),
    args: [...pip, '--requirement', requirementsFile],
    timeoutMs: 300_000,
    ...stop,
  });
  writeFileSync(mark, '');
  return program;
}
