import { CostExplorerClient, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { fromAwsError } from './fromAwsError.ts';
import { USD_PER_REQUEST } from './paidCalls.ts';

const TIMEOUT_MS = 20_000;

/**
 * Prints one line for each permission: credentials by sts:GetCallerIdentity, which is free, and with `paid` Cost Explorer
 * by one request. True when everything that was tried works.
 */
export async function selfcheck(paid: boolean, print: (line: string) => void): Promise<boolean> {
  const region = { region: 'us-east-1', maxAttempts: 2 };
  const identity = await check('sts:GetCallerIdentity', print, (abortSignal) =>
    new STSClient(region).send(new GetCallerIdentityCommand({}), { abortSignal }),
  );
  if (!paid) {
    print(
      `skip  ce:GetCostAndUsage: a request costs ${USD_PER_REQUEST} USD; --selfcheck=paid makes one`,
    );
    return identity;
  }
  const today = utcDay(new Date());
  const costs = await check('ce:GetCostAndUsage', print, (abortSignal) =>
    new CostExplorerClient(region).send(
      new GetCostAndUsageCommand({
        TimePeriod: { Start: addDays(today, -1), End: today },
        Granularity: 'DAILY',
        Metrics: ['UnblendedCost'],
      }),
      { abortSignal },
    ),
  );
  return identity && costs;
}

async function check(
  permission: string,
  print: (line: string) => void,
  send: (signal: AbortSignal) => Promise<unknown>,
): Promise<boolean> {
  try {
    await send(AbortSignal.timeout(TIMEOUT_MS));
    print(`ok    ${permission}`);
    return true;
  } catch (error) {
    const { meta, message } = fromAwsError(error, permission);
    print(`${meta.code === 'PERMISSION_MISSING' ? 'MISSING' : 'FAILED'} ${permission}: ${message}`);
    return false;
  }
}
