import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../runCommand.ts';
import { findPython } from './findPython.ts';

/** Python 3 is missing or cannot make virtual environments; its message says so in one line. */
export class NoPythonError extends Error {}

/**
 * Makes a Python virtual environment anew with the packages of a requirements file, each of which pins one version, and
 * nothing beside them. Needs PyPI. Returns the environment's `python`.
 *
 * @throws NoPythonError where there is no Python 3.10 or later with `venv`
 */
export async function makeVenv(
  dir: string,
  requirementsFile: string,
  signal?: AbortSignal,
): Promise<string> {
  const stop = signal === undefined ? {} : { signal };
  const python = await findPython();
  if (python === undefined) {
    throw new NoPythonError(
      'Python 3.10 or later was not found; install python3 and python3-venv.',
    );
  }
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dirname(dir), { recursive: true });
  const venv = { command: python, args: ['-m', 'venv', dir], timeoutMs: 60_000, ...stop };
  await runCommand(venv).catch((cause: unknown) => {
    throw new NoPythonError(
      'Python 3 cannot make a virtual environment; install the package python3-venv.',
      { cause },
    );
  });
  const own = join(dir, 'bin', 'python');
  await runCommand({
    command: own,
    args: [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'],
      ...['--requirement', requirementsFile],
    ],
    timeoutMs: 600_000,
    ...stop,
  });
  return own;
}
