import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { CostRecord } from '../../core/focus/costRecord.ts';
import { fromCostRow } from '../../core/focus/fromCostRow.ts';
import type { SourceStatus } from '../../core/mcp/envelope.ts';
import { listAccountsContract, type AccountRow } from '../../core/mcp/listAccounts.ts';
import { queryCostsContract } from '../../core/mcp/queryCosts.ts';
import { TOOL_ERRORS, fromToolError } from '../../core/mcp/toolError.ts';
import { CostGuardError } from '../../core/errors.ts';
import { utcDay } from '../../core/time/day.ts';
import { findConnection } from '../../db/queries/connections/findConnection.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { extendDemo } from '../../db/seed/extendDemo.ts';
import type { McpToolbox } from '../platform/mcpToolbox.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

/** Which connection and which UTC days, the end excluded. */
export interface FetchCostsInput {
  connectionId: string;
  from: string;
  to: string;
}

/** How much was stored. */
export interface FetchCostsResult {
  rows: number;
  changedDays: number;
}

const PAGE_ROWS = 1000;
// A server that never stops paging must not keep a poll going for ever.
const PAGES_MAX = 5_000;

/**
 * Reads a period from the provider's MCP server and makes the stored costs exactly that. A second run stores the same
 * rows in place of the first, so it is safe; a run that fails midway stores nothing.
 */
export function createFetchCosts({ db, pool, openAwsCosts, now }: DetectiveDependencies) {
  return async (input: FetchCostsInput): Promise<FetchCostsResult> => {
    const connection = await findConnection(db, input.connectionId);
    if (connection === undefined) {
      throw new CostGuardError(
        'connection_not_found',
        'The connection was deleted; its schedule ends by itself.',
      );
    }
    if (connection.provider !== 'aws') {
      if (!connection.demo) {
        throw new CostGuardError(
          'unsupported',
          'This release polls AWS connections only; disable the connection.',
        );
      }
      return extendDemo(pool, connection.id, {
        from: input.from,
        to: input.to,
        today: utcDay(now()),
      });
    }
    const toolbox = await openAwsCosts();
    try {
      const { rows, changedDays } = await replaceCosts(pool, {
        ...input,
        provider: connection.provider,
        rows: readAwsCosts(toolbox, input),
        seenAt: now(),
      });
      return { rows, changedDays };
    } finally {
      await toolbox.close();
    }
  };
}

async function* readAwsCosts(
  toolbox: McpToolbox,
  input: FetchCostsInput,
): AsyncGenerator<CostRecord> {
  const watch = { signal: cancellationSignal(), onProgress: () => heartbeat() };
  const accounts = await toolbox.call(
    listAccountsContract,
    { connectionId: input.connectionId, limit: PAGE_ROWS },
    watch,
  );
  assertSources(accounts.sources);
  const open = accounts.rows.filter((account) => account.status !== 'closed');
  // Cost Explorer groups by two dimensions only; the account is the third, so each is asked for by itself.
  for (const account of open) yield* readAccount(toolbox, input, account, open.length === 1);
}

async function* readAccount(
  toolbox: McpToolbox,
  input: FetchCostsInput,
  account: AccountRow,
  isOnly: boolean,
): AsyncGenerator<CostRecord> {
  let cursor: string | undefined;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const answer = await toolbox.call(
      queryCostsContract,
      {
        period: { start: input.from, end: input.to },
        granularity: 'DAY',
        metrics: ['BilledCost', 'EffectiveCost', 'ConsumedQuantity'],
        groupBy: ['ServiceName', 'SkuMeter'],
        connectionIds: [input.connectionId],
        limit: PAGE_ROWS,
        ...(isOnly ? {} : { filter: { dimension: 'SubAccountId', in: [account.SubAccountId] } }),
        ...(cursor === undefined ? {} : { cursor }),
      },
      { signal: cancellationSignal(), onProgress: () => heartbeat(page) },
    );
    heartbeat(page);
    assertSources(answer.sources);
    for (const row of answer.rows) {
      yield {
        ...fromCostRow(row),
        billingAccountId: row.BillingAccountId ?? account.BillingAccountId,
        subAccountId: row.SubAccountId ?? account.SubAccountId,
        subAccountName: row.SubAccountName ?? account.SubAccountName,
      };
    }
    cursor = answer.nextCursor;
    if (cursor === undefined) return;
  }
  throw new CostGuardError(
    'provider_answer_invalid',
    `The costs of one account did not end after ${PAGES_MAX} pages; nothing was stored. Look at the aws-cost server's log.`,
    {
      internal: { attempt: activityInfo().attempt },
    },
  );
}

/** Parts of a period must not replace the whole: a source that failed fails the poll. */
function assertSources(sources: readonly SourceStatus[]): void {
  const failed = sources.find((source) => source.status === 'failed');
  if (failed === undefined) return;
  const code = failed.error ?? 'UPSTREAM_FAILED';
  throw fromToolError(
    {
      code,
      retryable: TOOL_ERRORS[code].retryable,
      ...(failed.permission === undefined ? {} : { permission: failed.permission }),
    },
    failed.permission === undefined
      ? 'The provider did not answer for this connection; look at the connection’s MCP server.'
      : `Grant the permission ${failed.permission} to the credentials of this connection.`,
  );
}
