import type { SourceStatus } from '../../core/mcp/envelope.ts';
import { listAccountsContract, type AccountRow } from '../../core/mcp/listAccounts.ts';
import { ToolError, type ToolErrorCode } from '../../core/mcp/toolError.ts';
import type { CursorSeal } from '../kit/cursor.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import { toListPage } from '../kit/listPage.ts';
import { toSourceCall } from './askCosts.ts';
import { toSourceStatus, type AwsSource, type SourceCall } from './awsSource.ts';
import { addDays, monthsBefore, toDay } from './days.ts';

const TTL_MS = 3_600_000;
// Accounts with costs in the last three months, this one included: one that is silent for longer has nothing to watch.
const MONTHS_BACK = 2;
// Failures of the look-up alone: the credentials work, so their own account is still a true answer.
const PARTIAL: ReadonlySet<ToolErrorCode> = new Set([
  'PERMISSION_MISSING',
  'UNSUPPORTED',
  'UPSTREAM_FAILED',
]);

interface Accounts {
  rows: AccountRow[];
  asOf: Date;
  source: SourceStatus;
  notes: string[];
}

/**
 * `list_accounts` by GetCostAndUsage grouped by LINKED_ACCOUNT, so that it needs no permission besides that of
 * `query_costs`. The credentials' own account is always there; where the others cannot be read, the result says so.
 */
export function createListAccounts(source: AwsSource, seal: CursorSeal, now: () => Date): Tool {
  return defineTool(listAccountsContract, async (input, call) => {
    const page = seal.page(listAccountsContract.name, input, call.tenant);
    const sourceCall = toSourceCall(input, call);
    const accounts = await readAccounts(source, sourceCall, now());
    if (accounts.source.status === 'failed') call.log.warn(accounts.source, 'accounts not read');
    return {
      ...toListPage(accounts.rows, page),
      dataAsOf: accounts.asOf.toISOString(),
      sources: [accounts.source],
      cost: source.cost(sourceCall),
      notes: accounts.notes,
    };
  });
}

async function readAccounts(source: AwsSource, call: SourceCall, now: Date): Promise<Accounts> {
  const own = await source.callerAccount(call);
  try {
    const { names, asOf, stale } = await readLinkedAccounts(source, call, now);
    if (!names.has(own)) names.set(own, null);
    return {
      rows: toRows(names, own),
      asOf,
      source: toSourceStatus(call.connectionId, stale),
      notes: [],
    };
  } catch (error) {
    if (!(error instanceof ToolError) || !PARTIAL.has(error.meta.code)) throw error;
    const { code, permission } = error.meta;
    return {
      rows: toRows(new Map([[own, null]]), own),
      asOf: now,
      source: {
        connectionId: call.connectionId,
        status: 'failed',
        error: code,
        ...(permission === undefined ? {} : { permission }),
      },
      notes: [
        `Only the account of the credentials is listed; whether there are others could not be read. ${error.message}`,
      ],
    };
  }
}

async function readLinkedAccounts(
  source: AwsSource,
  call: SourceCall,
  now: Date,
): Promise<{ names: Map<string, string | null>; asOf: Date; stale: boolean }> {
  const period = {
    start: monthsBefore(toDay(now), MONTHS_BACK),
    end: addDays(toDay(now), 1),
  };
  const request = {
    TimePeriod: { Start: period.start, End: period.end },
    Granularity: 'MONTHLY' as const,
    Metrics: ['UnblendedCost'],
    GroupBy: [{ Type: 'DIMENSION' as const, Key: 'LINKED_ACCOUNT' }],
  };
  const query = { request, period, span: 'MONTH', metrics: ['BilledCost'] } as const;
  const { value, asOf, stale } = await source.costs(query, call, () => TTL_MS);
  const ids = new Set(value.cells.flatMap(({ keys }) => keys));
  return { names: new Map([...ids].map((id) => [id, value.names.get(id) ?? null])), asOf, stale };
}

/** Only a payer sees other accounts' costs: where there are any, the credentials' own account is the payer. */
function toRows(names: ReadonlyMap<string, string | null>, own: string): AccountRow[] {
  const isPayer = names.size > 1;
  return [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([SubAccountId, SubAccountName]) => ({
      BillingAccountId: isPayer ? own : null,
      BillingAccountName: isPayer ? (names.get(own) ?? null) : null,
      SubAccountId,
      SubAccountName,
      // Cost Explorer does not say whether an account was closed.
      status: 'unknown' as const,
    }));
}
