import { type AccountRow, LISTED_MONTHS_BACK } from '../../core/mcp/listAccounts.ts';
import { ToolError, type ToolErrorCode } from '../../core/mcp/toolError.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { addMonths } from '../../core/time/month.ts';
import type { FoundList } from '../kit/costs/costSource.ts';
import { toSourceStatus, type ConnectionCall } from '../kit/costs/createAsk.ts';
import { toFailedStatus } from '../kit/costs/toFailedStatus.ts';
import type { AskCosts } from './askCosts.ts';

const TTL_MS = 3_600_000;
// Failures of the look-up alone: the credentials work, so their own account is still a true answer.
const PARTIAL: ReadonlySet<ToolErrorCode> = new Set([
  'PERMISSION_MISSING',
  'UNSUPPORTED',
  'UPSTREAM_FAILED',
]);

/**
 * Accounts by GetCostAndUsage grouped by LINKED_ACCOUNT, so that they need no permission besides that of costs. The
 * credentials' own account is always there; where the others cannot be read, the result says so.
 *
 * @param ownAccount the account that the credentials belong to
 */
export async function findAccounts(
  ownAccount: (call: ConnectionCall) => Promise<string>,
  ask: AskCosts,
  call: ConnectionCall,
  now: Date,
): Promise<FoundList<AccountRow>> {
  const own = await ownAccount(call);
  try {
    const { names, asOf, stale } = await readLinkedAccounts(ask, call, now);
    if (!names.has(own)) names.set(own, null);
    return {
      rows: toRows(names, own),
      asOf,
      sources: [toSourceStatus(call.connectionId, stale)],
      notes: [],
    };
  } catch (error) {
    if (!(error instanceof ToolError) || !PARTIAL.has(error.meta.code)) throw error;
    const failed = toFailedStatus(call.connectionId, error);
    call.log.warn(failed, 'accounts not read');
    return {
      rows: toRows(new Map([[own, null]]), own),
      asOf: now,
      sources: [failed],
      notes: [
        `Only the account of the credentials is listed; whether there are others could not be read. ${error.message}`,
      ],
    };
  }
}

async function readLinkedAccounts(
  ask: AskCosts,
  call: ConnectionCall,
  now: Date,
): Promise<{ names: Map<string, string | null>; asOf: Date; stale: boolean }> {
  const today = utcDay(now);
  const period = { start: addMonths(today, -LISTED_MONTHS_BACK), end: addDays(today, 1) };
  const request = {
    TimePeriod: { Start: period.start, End: period.end },
    Granularity: 'MONTHLY' as const,
    Metrics: ['UnblendedCost'],
    GroupBy: [{ Type: 'DIMENSION' as const, Key: 'LINKED_ACCOUNT' }],
  };
  const query = { request, period, span: 'MONTH', metrics: ['BilledCost'] } as const;
  const { value, asOf, stale } = await ask(query, call, () => TTL_MS);
  const ids = new Set(value.cells.flatMap(({ keys }) => keys));
  return { names: new Map([...ids].map((id) => [id, value.names.get(id) ?? null])), asOf, stale };
}

/** Only a payer sees other accounts' costs: where there are any, the credentials' own account is the payer. */
function toRows(names: ReadonlyMap<string, string | null>, own: string): AccountRow[] {
  const isPayer = names.size > 1;
  return [...names].map(([SubAccountId, SubAccountName]) => ({
    BillingAccountId: isPayer ? own : null,
    BillingAccountName: isPayer ? (names.get(own) ?? null) : null,
    SubAccountId,
    SubAccountName,
    // Cost Explorer does not say whether an account was closed.
    status: 'unknown' as const,
  }));
}
