import { spawn } from 'node:child_process';

/** What to run and how long it may take. */
export interface Command {
  command: string;
  args: readonly string[];
  cwd?: string;
  env?: Record<string, string | undefined>;
  uid?: number;
  gid?: number;
  /** Milliseconds; then it is killed. */
  timeoutMs: number;
  /** Ends it early. */
  signal?: AbortSignal;
}

/**
 * Runs a command to its end and returns what it wrote on stdout.
 *
 * @throws Error with the last lines of stderr when it cannot start, fails or takes too long
 */
export function runCommand(command: Command): Promise<string> {
  return new Promise((resolve, reject) => {
    const { timeoutMs, args, command: file, ...options } = command;
    const child = spawn(file, args, {
      ...options,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(describe(file, code, signal, errors === '' ? output : errors)));
    });
  });
}

function describe(file: string, code: number | null, signal: string | null, said: string): string {
  const how = signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`;
  const last = said.trim().split('\n').slice(-5).join('\n');
  return `${file} ended with ${how}${last === '' ? '' : `:\n${last}`}`;
}
