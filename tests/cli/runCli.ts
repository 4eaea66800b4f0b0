import { vi } from 'vitest';
import { runCommandLine } from '../../cli/commandLine.ts';

/** What a command wrote and how it ended. */
export interface CliResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs `costguard ARGS…` in this process with an environment of its own; one at a time. */
export async function runCli(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<CliResult> {
  const written = { stdout: '', stderr: '' };
  const capture = (name: 'stdout' | 'stderr') =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += String(chunk);
      return true;
    });
  const spies = [capture('stdout'), capture('stderr')];
  const [before, exitCode] = [process.env, process.exitCode];
  process.env = { ...env };
  process.exitCode = undefined;
  try {
    await runCommandLine(args);
    const ended = process.exitCode as number | undefined;
    return { exitCode: ended ?? 0, ...written };
  } finally {
    process.env = before;
    process.exitCode = exitCode;
    for (const spy of spies) spy.mockRestore();
  }
}
