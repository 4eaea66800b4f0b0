import { addDays, utcDay } from '../../core/time/day.ts';
import { createCallBudget } from '../kit/callBudget.ts';
import { createCallMeter } from '../kit/callMeter.ts';
import { fromAzureError } from './fromAzureError.ts';
import { ADVISOR_PERMISSION, readAdvice } from './readAdvice.ts';
import { readAzureEnv, type AzureCostEnv } from './readAzureEnv.ts';
import { QUERY_PERMISSION, readCosts } from './readCosts.ts';
import { createThrottleGate } from './throttleGate.ts';

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
  const { azure, scopes } = readAzureEnv(env);
  const now = () => new Date();
  const desk = { azure, budget: createCallBudget(100, now), gate: createThrottleGate() };
  const call = {
    connectionId: 'selfcheck',
    meter: createCallMeter(100),
    signal: new AbortController().signal,
  };
  if (scopes.length === 0)
    print('FAILED AZURE_COST_SCOPES: names no scope; set it to, for instance, subscriptions/ID');
  let isGood = scopes.length > 0;
  const check = async (permission: string, where: string, ask: () => Promise<unknown>) => {
    try {
      await ask();
      print(`ok    ${permission} on ${where}`);
    } catch (error) {
      isGood = false;
      const { meta, message } = fromAzureError(error, permission);
      print(
        `${meta.code === 'PERMISSION_MISSING' ? 'MISSING' : 'FAILED'} ${permission} on ${where}: ${message}`,
      );
    }
  };
  const today = utcDay(now());
  for (const scope of scopes) {
    const request = {
      type: 'ActualCost',
      window: { start: addDays(today, -1), end: today },
      span: 'TOTAL',
      groupings: [],
      withQuantity: false,
    } as const;
    await check(QUERY_PERMISSION, scope.path, () => readCosts(scope, request, call, desk));
    const { subscriptionId } = scope;
    if (subscriptionId === undefined) continue;
    await check(ADVISOR_PERMISSION, scope.path, () => readAdvice(subscriptionId, call, desk));
  }
  return isGood;
}
