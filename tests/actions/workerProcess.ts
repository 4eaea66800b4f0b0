import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { projectRoot } from '../../cli/launch/projectRoot.ts';
import { runCommand } from '../../cli/launch/runCommand.ts';
import { type RunningProcess, startProcess } from '../../cli/launch/process/startProcess.ts';
import { TEST_PAYLOAD_ENV } from '../servers/testPayloads.ts';

const BUILD = join(projectRoot, '.cache', 'test-build');

/** Compiles the program as the build does, for tests that need a worker they can kill; a second time it takes what changed. */
export async function compileProgram(): Promise<void> {
  const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', BUILD, '--noCheck'];
  await runCommand({
    command: process.execPath,
    args: [...args, '--tsBuildInfoFile', join(BUILD, '.tsbuildinfo')],
    cwd: projectRoot,
    timeoutMs: 300_000,
  });
  const converter = 'db/payloads/failureConverter.cjs';
  copyFileSync(join(projectRoot, converter), join(BUILD, converter));
}

/** A worker as a process of its own. */
export interface WorkerProcess extends RunningProcess {
  lines: string[];
  /** SIGKILL: no chance to say goodbye. Resolves when it is gone. */
  kill: () => Promise<void>;
}

/** Starts a compiled worker, that of actions unless told, with this environment and nothing else; ready when it works. */
export async function startWorkerProcess(
  env: Record<string, string>,
  options: { isWaiting?: boolean; pool?: 'action' | 'detective' | 'llm' | 'backup' } = {},
): Promise<WorkerProcess> {
  const pool = options.pool ?? 'action';
  const lines: string[] = [];
  const child = startProcess(
    {
      name: `${pool}-worker`,
      command: process.execPath,
      args: [join(BUILD, 'workers', `${pool}.js`)],
      env: { PATH: process.env['PATH'], ...TEST_PAYLOAD_ENV, ...env },
      isReady: () => Promise.resolve(lines.some((line) => line.includes('"msg":"Working"'))),
      stopTimeoutMs: 40_000,
    },
    { recordsDir: inject('recordsDir'), onLine: (line) => lines.push(line) },
  );
  if (options.isWaiting ?? true) {
    await child.waitReady().catch((error: unknown) => {
      throw new Error(`${String(error)}\n${lines.slice(-10).join('\n')}`);
    });
  }
  return {
    ...child,
    lines,
    kill: async () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      await child.ended;
    },
  };
}
