import { runCommand } from '../../../cli/launch/runCommand.ts';
import { ensureCloudClients } from './ensureCloudClients.ts';

/** Runs a program with Google's and Microsoft's Python clients, and returns what it printed, as JSON. */
export async function runPython(
  program: string,
  env: Record<string, string> = {},
): Promise<unknown> {
  const said = await runCommand({
    command: await ensureCloudClients(),
    args: ['-c', program],
    env: { PATH: process.env['PATH'], ...env },
    timeoutMs: 120_000,
  });
  return JSON.parse(said) as unknown;
}
