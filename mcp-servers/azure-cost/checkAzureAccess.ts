import type { PermissionCheck } from '../../core/contracts/credential.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { createCallBudget } from '../kit/callBudget.ts';
import { createCallMeter } from '../kit/callMeter.ts';
import { checkPermission } from '../kit/credentials/checkPermission.ts';
import type { AzureAccount } from './azureSource.ts';
import { fromAzureError } from './fromAzureError.ts';
import { ADVISOR_PERMISSION, readAdvice } from './readAdvice.ts';
import { QUERY_PERMISSION, readCosts } from './readCosts.ts';
import { createThrottleGate } from './throttleGate.ts';

const CALLS_MAX = 100;

/** Tries each scope's permissions: one cost query of a day, which is free, and one of Advisor for each subscription. */
export async function checkAzureAccess(
  { azure, scopes }: AzureAccount,
  now: () => Date,
  signal: AbortSignal,
): Promise<PermissionCheck[]> {
  if (scopes.length === 0) return [NO_SCOPE];
  const desk = { azure, budget: createCallBudget(CALLS_MAX, now), gate: createThrottleGate() };
  const call = { connectionId: 'check', meter: createCallMeter(CALLS_MAX), signal };
  const checks: PermissionCheck[] = [];
  const check = async (permission: string, where: string, ask: () => Promise<unknown>) => {
    const tried = await checkPermission(permission, ask, (error) =>
      fromAzureError(error, permission),
    );
    checks.push({ ...tried.check, permission: `${permission} on ${where}` });
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
  return checks;
}

const NO_SCOPE: PermissionCheck = {
  permission: 'AZURE_COST_SCOPES',
  status: 'failed',
  detail: 'names no scope; set it to, for instance, subscriptions/ID',
};
