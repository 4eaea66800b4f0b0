import { printChecks } from '../kit/credentials/printChecks.ts';
import { checkGcpAccess } from './checkGcpAccess.ts';
import type { GcpOptions } from './gcpSource.ts';

const TIMEOUT_MS = 60_000;

/**
 * Prints one line for each permission. All of it is free but for the query that `paid` allows, which counts the charges of
 * yesterday. True when everything that was tried works.
 */
export async function selfcheck(
  options: GcpOptions,
  paid: boolean,
  print: (line: string) => void,
): Promise<boolean> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return printChecks(await checkGcpAccess(options, { paid, signal }), print);
}
