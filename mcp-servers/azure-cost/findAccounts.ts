import { type AccountRow, LISTED_MONTHS_BACK } from '../../core/mcp/listAccounts.ts';
import { ToolError } from '../../core/mcp/toolError.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import type { Answer } from '../kit/answerCache.ts';
import type { FoundList } from '../kit/costs/costSource.ts';
import type { ConnectionCall } from '../kit/costs/createAsk.ts';
import type { AskCosts } from './askCosts.ts';
import { overScopes, type ScopeAnswers } from './overScopes.ts';
import type { Subscription } from './readSubscriptions.ts';
import type { Scope } from './scopes.ts';
import type { CostRequest } from './toCostRequests.ts';

/** A subscription with costs. */
export interface Account {
  id: string;
  name: string | null;
  /** The billing account through whose scope it was seen. */
  billingAccountId: string | null;
}

const TTL_MS = 3_600_000;

/** The subscriptions with costs under the scopes, by a cost query, so that they need no further permission. */
export async function readAccounts(
  scopes: readonly Scope[],
  ask: AskCosts,
  call: ConnectionCall,
  now: Date,
): Promise<Omit<ScopeAnswers<unknown>, 'values'> & { accounts: Account[] }> {
  const today = utcDay(now);
  const dimension = (name: string) => ({ type: 'Dimension', name }) as const;
  const request: CostRequest = {
    type: 'ActualCost',
    window: { start: addMonths(today, -LISTED_MONTHS_BACK), end: addDays(today, 1) },
    span: 'TOTAL',
    groupings: [dimension('SubscriptionId'), dimension('SubscriptionName')],
    withQuantity: false,
  };
  const { values, ...found } = await overScopes(scopes, call, (scope) =>
    ask(scope, request, call, TTL_MS),
  );
  const accounts = new Map<string, Account>();
  for (const { scope, value } of values) {
    for (const { keys } of value) {
      const [id = '', name = ''] = keys;
      if (id === '') continue;
      accounts.set(id.toLowerCase(), {
        id: id.toLowerCase(),
        name: name === '' ? null : name,
        billingAccountId: scope.billingAccountId ?? null,
      });
    }
  }
  return { ...found, accounts: [...accounts.values()] };
}

/** The subscriptions with costs; their state where the identity may read it. */
export async function findAccounts(
  found: Awaited<ReturnType<typeof readAccounts>>,
  call: ConnectionCall,
  askStates: (call: ConnectionCall) => Promise<Answer<readonly Subscription[]>>,
): Promise<FoundList<AccountRow>> {
  const { accounts, notes, ...rest } = found;
  const states = await readStates(call, askStates);
  return {
    ...rest,
    rows: accounts.map(({ id, name, billingAccountId }) => ({
      BillingAccountId: billingAccountId,
      BillingAccountName: null,
      SubAccountId: id,
      SubAccountName: name ?? states?.get(id)?.displayName ?? null,
      status: toStatus(states?.get(id)?.state),
    })),
    notes: [
      ...notes,
      'Only subscriptions with costs in the last three months are listed.',
      ...(states ? [] : ['Whether they are open could not be read.']),
    ],
  };
}

/** Undefined where it cannot be read: the accounts are known without it. */
async function readStates(
  call: ConnectionCall,
  ask: (call: ConnectionCall) => Promise<Answer<readonly Subscription[]>>,
): Promise<ReadonlyMap<string, Subscription> | undefined> {
  try {
    const { value } = await ask(call);
    return new Map(value.map((subscription) => [subscription.subscriptionId, subscription]));
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    call.log.warn({ code: error.meta.code }, 'states of subscriptions not read');
    return undefined;
  }
}

/** @see https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states */
function toStatus(state: string | null | undefined): AccountRow['status'] {
  switch (state) {
    case 'Enabled':
    case 'PastDue':
    case 'Warned':
      return 'active';
    case 'Disabled':
    case 'Deleted':
      return 'closed';
    default:
      return 'unknown';
  }
}
