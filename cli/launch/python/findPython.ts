import { runCommand } from '../runCommand.ts';

const PROBE = 'import sys; print(sys.executable if sys.version_info >= (3, 10) else "")';

/** The path of a Python 3.10 or later, or undefined. */
export async function findPython(): Promise<string | undefined> {
  for (const command of ['python3', 'python']) {
    try {
      const path = await runCommand({ command, args: ['-c', PROBE], timeoutMs: 20_000 });
      if (path.trim() !== '') return path.trim();
    } catch {
      // Not there, or not a Python 3: the next name may be.
    }
  }
  return undefined;
}
