import { printChecks } from '../kit/credentials/printChecks.ts';
import { checkAzureAccess } from './checkAzureAccess.ts';
import { readAzureEnv, type AzureCostEnv } from './readAzureEnv.ts';

const TIMEOUT_MS = 10 * 60_000;

/**
 * Prints one line for each scope and permission: one cost query of a day each, which is free, and one of Advisor for each
 * subscription. True when all of them work.
 *
 * @throws EnvError for scopes or an endpoint that cannot be
 */
export async function selfcheck(
  env: AzureCostEnv,
  print: (line: string) => void,
): Promise<boolean> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return printChecks(await checkAzureAccess(readAzureEnv(env), () => new Date(), signal), print);
}
