import { skipped } from '../kit/credentials/checkPermission.ts';
import { printChecks } from '../kit/credentials/printChecks.ts';
import { createAwsClients } from './awsClients.ts';
import { checkCosts, checkIdentity } from './checkAwsAccess.ts';
import { USD_PER_REQUEST } from './paidCalls.ts';

const TIMEOUT_MS = 60_000;

/**
 * Prints one line for each permission: credentials by sts:GetCallerIdentity, which is free, and with `paid` Cost Explorer
 * by one request. True when everything that was tried works.
 */
export async function selfcheck(paid: boolean, print: (line: string) => void): Promise<boolean> {
  const clients = createAwsClients();
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const identity = await checkIdentity(clients, signal);
  const costs = paid
    ? await checkCosts(clients, new Date(), signal)
    : skipped(
        'ce:GetCostAndUsage',
        `a request costs ${USD_PER_REQUEST} USD; --selfcheck=paid makes one`,
      );
  return printChecks([identity, costs], print);
}
