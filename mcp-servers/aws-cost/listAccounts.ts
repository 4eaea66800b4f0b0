import type { SourceStatus } from '../../core/mcp/envelope.ts';
import { listAccountsContract, type AccountRow } from '../../core/mcp/listAccounts.ts';
import { ToolError, type ToolErrorCode } from '../../core/mcp/toolError.ts';
import { createCallMeter } from '../kit/callMeter.ts';
import { expired, fingerprint, type CursorSeal } from '../kit/cursor.ts';
import { defineTool, type Tool } from '../kit/defineTool.ts';
import {
  DEFAULT_CONNECTION,
  toSourceStatus,
  type AwsSource,
  type SourceCall,
} from './awsSource.ts';
import { addDays, monthsBefore, toDay } from './days.ts';

const TTL_MS = 3_600_000;
// Accounts that cost something since the month before last; one that is longer silent has nothing to watch.
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
 * `list_accounts` on GetDimensionValues of LINKED_ACCOUNT. The credentials' own account is always there; where the others
 * cannot be read, the result says so instead of hiding it.
 */
export function createListAccounts(source: AwsSource, seal: CursorSeal, now: () => Date): Tool {
  return defineTool(listAccountsContract, async (input, { signal, tenant }) => {
    const call: SourceCall = {
      connectionId: input.connectionId ?? DEFAULT_CONNECTION,
      meter: createCallMeter(),
      signal,
    };
    const accounts = await readAccounts(source, call, now());
    const { cursor, limit, ...request } = input;
    const version = fingerprint(accounts.rows);
    const position = cursor === undefined ? undefined : seal.open(cursor, request, tenant);
    if (position && position.version !== version) throw expired();
    const offset = position?.offset ?? 0;
    const rows = accounts.rows.slice(offset, offset + limit);
    const end = offset + rows.length;
    return {
      rows,
      ...(end < accounts.rows.length
        ? { nextCursor: seal.seal({ offset: end, version }, request, tenant) }
        : {}),
      truncated: rows.length < accounts.rows.length,
      dataAsOf: accounts.asOf.toISOString(),
      sources: [accounts.source],
      cost: source.cost(call),
      notes: accounts.notes,
    };
  });
}

async function readAccounts(source: AwsSource, call: SourceCall, now: Date): Promise<Accounts> {
  const own = await source.callerAccount(call);
  const period = { Start: monthsBefore(toDay(now), MONTHS_BACK), End: addDays(toDay(now), 1) };
  const request = {
    TimePeriod: period,
    Dimension: 'LINKED_ACCOUNT',
    Context: 'COST_AND_USAGE',
  } as const;
  try {
    const { value, asOf, stale } = await source.dimensionValues(request, call, TTL_MS);
    const names = new Map(value.map((account) => [account.value, account.description]));
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
