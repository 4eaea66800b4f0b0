import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../cli/launch/projectRoot.ts';

/** What a command line run ended with. */
export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `costguard ARGS` from the build in `root`, with this environment only. */
export function runCommandLine(
  args: readonly string[],
  env: Record<string, string | undefined>,
  root: string = projectRoot,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [join(root, 'dist/cli/costguard.js'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const result = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (result.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (result.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...result }));
  });
}
