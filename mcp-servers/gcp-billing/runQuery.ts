import { ToolError } from '../../core/mcp/toolError.ts';
import { answerInvalid } from '../kit/answerInvalid.ts';
import type { CountedCall } from '../kit/costs/countedCall.ts';
import { fingerprint } from '../kit/cursor.ts';
import type { BigQuery, QueryJob } from './bigQuery.ts';
import { fromGoogleError } from './fromGoogleError.ts';
import { GoogleReplyError } from './googleHttp.ts';
import { billedBytes } from './scanPrice.ts';
import type { SqlQuery } from './toCostQuery.ts';

/** A row of results by column name; BigQuery writes every value as text. */
export type QueryRow = Readonly<Record<string, string | null>>;

/** How a query is run. */
export interface QueryOptions {
  location: string | undefined;
  /** Bytes that it may scan. */
  bytesMax: number;
  now: () => Date;
}

const ROWS_MAX = 200_000;

/**
 * Runs a query: a dry run says first what it would scan, then it is run once and its pages are read. When the caller gives
 * up, the job is ended.
 *
 * @throws ToolError `RESULT_TOO_LARGE` when it would scan more than `bytesMax` or has more than 200,000 rows;
 * `UPSTREAM_FAILED` when the answer does not hold
 */
export async function runQuery(
  bigQuery: BigQuery,
  query: SqlQuery,
  { location, bytesMax, now }: QueryOptions,
  call: CountedCall,
): Promise<QueryRow[]> {
  const dry = await bigQuery.dryRun(query, location, call);
  throwOnFailure(dry.failure);
  assertAffordable(dry.bytes, bytesMax);
  const jobId = `costguard_${fingerprint([query.sql, query.parameters, query.period])}_${now().getTime()}`;
  const job: QueryJob = {
    jobId: jobId.replaceAll(/[^\w-]/g, '_'),
    location: dry.location ?? location,
  };
  try {
    await start(bigQuery, query, job, call);
    return await readRows(bigQuery, job, call);
  } catch (error) {
    if (call.signal.aborted) cancel(bigQuery, job, call);
    throw error;
  }
}

/** A start whose reply was lost is tried once more: the job's id makes sure that it runs only once. */
async function start(
  bigQuery: BigQuery,
  query: SqlQuery,
  job: QueryJob,
  call: CountedCall,
): Promise<void> {
  const once = async () => {
    throwOnFailure((await bigQuery.start(query, job, call)).failure);
  };
  try {
    await once();
  } catch (error) {
    if (!isReplyLost(error)) throw error;
    await once().catch((again: unknown) => {
      if (!isAlreadyThere(again)) throw again;
    });
  }
}

const isReplyLost = (error: unknown): boolean =>
  error instanceof ToolError &&
  error.meta.code === 'UPSTREAM_FAILED' &&
  error.meta.retryable &&
  !/HTTP/.test(error.message);

const isAlreadyThere = (error: unknown): boolean =>
  error instanceof ToolError &&
  error.cause instanceof Error &&
  /HTTP 409/.test(error.cause.message);

async function readRows(bigQuery: BigQuery, job: QueryJob, call: CountedCall): Promise<QueryRow[]> {
  const rows: QueryRow[] = [];
  const seen = new Set<string>();
  let names: string[] = [];
  let total: number | undefined;
  let token: string | undefined;
  for (;;) {
    const page = await bigQuery.page(job, token, call);
    if (!page.jobComplete) continue;
    if (total === undefined) {
      total = page.totalRows ?? 0;
      names = (page.schema?.fields ?? []).map(({ name }) => name);
      call.meter.bytesScanned =
        (call.meter.bytesScanned ?? 0) + billedBytes(page.totalBytesProcessed ?? 0);
    }
    assertFewRows(Math.max(total, rows.length + page.rows.length));
    for (const { f } of page.rows) rows.push(toRow(names, f));
    token = page.pageToken;
    if (token === undefined || token === '') break;
    if (seen.has(token)) {
      throw answerInvalid('BigQuery gave the same page token twice, so its pages would never end.');
    }
    seen.add(token);
  }
  if (rows.length !== total)
    throw answerInvalid('BigQuery gave another number of rows than it said.');
  return rows;
}

function toRow(names: readonly string[], cells: readonly { v: string | null }[]): QueryRow {
  if (cells.length !== names.length) throw answerInvalid('BigQuery left out a column.');
  return Object.fromEntries(cells.map(({ v }, i) => [names[i] ?? '', v]));
}

function assertAffordable(bytes: number, bytesMax: number): void {
  if (bytes <= bytesMax) return;
  throw new ToolError(
    'RESULT_TOO_LARGE',
    `The query would scan ${bytes} bytes of the billing export, more than the ${bytesMax} that one query may (GCP_BYTES_PER_QUERY); nothing was scanned. Ask for a more recent or shorter period, or have an operator raise the limit.`,
  );
}

function assertFewRows(count: number): void {
  if (count <= ROWS_MAX) return;
  throw new ToolError(
    'RESULT_TOO_LARGE',
    `The answer has more than ${ROWS_MAX} rows. Ask for a shorter period, a coarser granularity or fewer groups.`,
  );
}

/** A job that failed is reported with HTTP 200. */
function throwOnFailure(reason: string | undefined): void {
  if (reason === undefined) return;
  throw fromGoogleError(
    new GoogleReplyError(STATUS[reason] ?? 400, reason),
    'bigquery.tables.getData',
  );
}

/** @see https://cloud.google.com/bigquery/docs/error-messages (HTTP code by reason) */
const STATUS: Readonly<Record<string, number>> = {
  accessDenied: 403,
  backendError: 500,
  internalError: 500,
  notFound: 404,
};

/** Nobody waits for it, so a failure has no one to tell. */
function cancel(bigQuery: BigQuery, job: QueryJob, call: CountedCall): void {
  const own = { ...call, signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS) };
  bigQuery.cancel(job, own).catch(() => undefined);
}

const CANCEL_TIMEOUT_MS = 5_000;
