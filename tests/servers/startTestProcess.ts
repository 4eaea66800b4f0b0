import { inject } from 'vitest';
import type { ProcessSpec } from '../../cli/launch/process/processSpec.ts';
import { type RunningProcess, startProcess } from '../../cli/launch/process/startProcess.ts';

/** A process under test and what it has written so far. */
export interface TestProcess extends RunningProcess {
  readonly lines: readonly string[];
}

/**
 * Starts a process (a worker to kill, a second server, the command line) and waits until it is ready. It is ended with the
 * test run at the latest, also when the test fails; stop it yourself where the next step needs it gone.
 *
 * @throws Error with its last lines when it ends before it is ready
 */
export async function startTestProcess(spec: ProcessSpec): Promise<TestProcess> {
  const lines: string[] = [];
  const child = startProcess(spec, {
    recordsDir: inject('recordsDir'),
    onLine: (line) => lines.push(line),
  });
  await child.waitReady().catch((error: unknown) => {
    throw new Error(`${String(error)}\n${lines.slice(-20).join('\n')}`);
  });
  return { ...child, lines };
}
