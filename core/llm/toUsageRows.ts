import { CostGuardError } from '../errors.ts';
import type { CostRow } from '../mcp/costRow.ts';
import { sumDecimals } from '../money/money.ts';
import { LLM_METERS, type LlmMeter } from './meters.ts';
import type { PullPage } from './planPull.ts';
import type { LlmUsageRow } from './usageRow.ts';

/** Whose usage it is. */
interface UsageOwner {
  connectionId: string;
  provider: LlmUsageRow['provider'];
}

// A store's size is told times the length of the bucket; one unit for all lengths adds up.
const BYTE_MINUTES: Readonly<Record<string, bigint>> = {
  'byte-minutes': 1n,
  'byte-hours': 60n,
  'byte-days': 1440n,
};

/**
 * Rows of usage from rows of `query_costs` (`ConsumedQuantity` by `x_UsageLine`), which have one kind of use each: the kinds
 * of a bucket, key, project and model become one row. Rows of the page's days outside its span are left out: what is newer
 * is not whole yet, whatever the provider's clock says. Storage is in byte-minutes.
 *
 * @throws CostGuardError `provider_answer_invalid` for a row that belongs to no bucket of the page's days, a kind of use
 *   that is not known, or a quantity that is not a whole number
 */
export function toUsageRows(
  rows: readonly CostRow[],
  page: PullPage,
  owner: UsageOwner,
): LlmUsageRow[] {
  const found = new Map<string, LlmUsageRow>();
  for (const row of rows) {
    assertBucket(row, page);
    const { ChargePeriodStart: start } = row;
    if (start < page.from || start >= page.to) continue;
    const fresh = toEmptyRow(row, page, owner);
    const key = JSON.stringify(fresh);
    const known = found.get(key) ?? fresh;
    found.set(key, known);
    addUse(known, row);
  }
  return [...found.values()];
}

function assertBucket({ ChargePeriodStart, ChargePeriodEnd }: CostRow, page: PullPage): void {
  const day = ChargePeriodStart.slice(0, 10);
  const lengthMs = Date.parse(ChargePeriodEnd) - Date.parse(ChargePeriodStart);
  const isAsked = day >= page.from.slice(0, 10) && day <= page.to.slice(0, 10);
  if (!isAsked) throw invalid(`answered for ${day}, which was not asked for`);
  if (lengthMs !== page.bucketSeconds * 1000) {
    throw invalid(`answered for ${day} with buckets of another length than asked for`);
  }
}

function toEmptyRow(row: CostRow, page: PullPage, owner: UsageOwner): LlmUsageRow {
  const text = (column: string): string => {
    const value = row[column];
    return typeof value === 'string' ? value : '';
  };
  return {
    ...owner,
    source: 'pull',
    bucketStart: row.ChargePeriodStart,
    bucketSeconds: page.bucketSeconds,
    model: text('x_Model'),
    apiKeyId: text('x_ApiKeyId'),
    projectId: text('SubAccountId'),
    serviceTier: text('x_ServiceTier'),
    contextWindow: text('x_ContextWindow'),
    endpoint: text('x_Endpoint'),
    userTag: '',
    units: {},
    requests: null,
  };
}

function addUse(into: LlmUsageRow, row: CostRow): void {
  const kind = row['x_TokenType'];
  const amount = row['ConsumedQuantity'];
  if (typeof amount !== 'string' || !/^\d+$/.test(amount)) {
    throw invalid('told a quantity that is not a whole number');
  }
  if (kind === 'requests') {
    into.requests = sumDecimals([into.requests ?? '0', amount]);
    return;
  }
  if (!isMeter(kind)) throw invalid('told a kind of use that is not known here');
  const times = kind === 'storage' ? (BYTE_MINUTES[String(row['ConsumedUnit'])] ?? 1n) : 1n;
  into.units[kind] = String(BigInt(into.units[kind] ?? '0') + BigInt(amount) * times);
}

const METERS: ReadonlySet<unknown> = new Set(LLM_METERS);

const isMeter = (kind: unknown): kind is LlmMeter => METERS.has(kind);

const invalid = (what: string) =>
  new CostGuardError(
    'provider_answer_invalid',
    `The provider’s usage report ${what}; nothing of it was stored. Look at the log of this connection’s MCP server.`,
  );
