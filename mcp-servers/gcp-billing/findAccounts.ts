import type { AccountRow } from '../../core/mcp/listAccounts.ts';
import { ToolError, type ToolErrorCode } from '../../core/mcp/toolError.ts';
import type { Answer } from '../kit/answerCache.ts';
import type { FoundList } from '../kit/costs/costSource.ts';
import { toSourceStatus, type ConnectionCall } from '../kit/costs/createAsk.ts';
import { toFailedStatus } from '../kit/costs/toFailedStatus.ts';
import type { BilledProject, BillingAccount } from './cloudBilling.ts';
import { withFreeRequests } from './withFreeRequests.ts';

/** A project that the export has costs of. */
export interface ExportProject {
  accountId: string;
  id: string;
  name: string | null;
}

/** A billing account with its projects. */
export interface AccountProjects {
  account: BillingAccount;
  projects: readonly BilledProject[];
}

/** Where accounts are read. */
export interface AccountParts {
  /** Of these billing accounts, those that the credentials may see. */
  billing: (
    accountIds: readonly string[],
    call: ConnectionCall,
  ) => Promise<Answer<readonly AccountProjects[]>>;
  exported: (call: ConnectionCall) => Promise<Answer<readonly ExportProject[]>>;
}

// A hundred projects come with each.
const REQUESTS_MAX = 200;
// Failures of one look-up alone: the other is still a true answer.
const PARTIAL: ReadonlySet<ToolErrorCode> = new Set([
  'PERMISSION_MISSING',
  'UNSUPPORTED',
  'UPSTREAM_FAILED',
  'NOT_FOUND',
]);

/**
 * Projects of the export's billing accounts: by the Cloud Billing API, which knows those without costs and whether they
 * are open, with names from the export, which the API does not tell. Where the API cannot be read, the projects that the
 * export has costs of are given, and the result says what is missing.
 */
export async function findAccounts(
  { billing, exported }: AccountParts,
  call: ConnectionCall,
): Promise<FoundList<AccountRow>> {
  const known = await exported(call);
  const accountIds = [...new Set(known.value.map(({ accountId }) => accountId))].sort();
  try {
    const { value, asOf, stale } = await withFreeRequests(call, REQUESTS_MAX, (own) =>
      billing(accountIds, own),
    );
    return {
      rows: toRows(value, known.value),
      asOf: asOf < known.asOf ? asOf : known.asOf,
      sources: [toSourceStatus(call.connectionId, stale || known.stale)],
      notes: [],
    };
  } catch (error) {
    if (!(error instanceof ToolError) || !PARTIAL.has(error.meta.code)) throw error;
    const failed = toFailedStatus(call.connectionId, error);
    call.log.warn(failed, 'billing accounts not read');
    return {
      rows: toRows([], known.value),
      asOf: known.asOf,
      sources: [failed],
      notes: [
        `Only projects with costs in the export are listed; the Cloud Billing API could not be read. ${error.message}`,
      ],
    };
  }
}

/** The id of a billing account by its resource name. */
export const toAccountId = (name: string): string => name.replace(/^billingAccounts\//, '');

const idOf = ({ name }: BillingAccount): string => toAccountId(name);

function toRows(
  accounts: readonly AccountProjects[],
  exported: readonly ExportProject[],
): AccountRow[] {
  const rows = new Map<string, AccountRow>();
  const names = new Map(exported.map(({ id, name }) => [id, name]));
  const accountNames = new Map(
    accounts.map(({ account }) => [idOf(account), account.displayName || null]),
  );
  for (const { accountId, id, name } of exported) {
    rows.set(id, {
      BillingAccountId: accountId,
      BillingAccountName: accountNames.get(accountId) ?? null,
      SubAccountId: id,
      SubAccountName: name,
      // It had costs; whether it still is open only the API knows.
      status: 'unknown',
    });
  }
  for (const { account, projects } of accounts) {
    for (const { projectId, billingEnabled } of projects) {
      rows.set(projectId, {
        BillingAccountId: idOf(account),
        BillingAccountName: account.displayName || null,
        SubAccountId: projectId,
        SubAccountName: names.get(projectId) ?? null,
        status: billingEnabled && account.open ? 'active' : 'closed',
      });
    }
  }
  return [...rows.values()];
}
