import { z } from 'zod';
import type { CountedCall } from '../kit/costs/countedCall.ts';
import { TableMetadata, toExportTable, type ExportTable, type TableRef } from './exportTable.ts';
import type { GoogleApi } from './googleApi.ts';
import type { SqlQuery } from './toCostQuery.ts';

const Bytes = z
  .union([z.string().regex(/^\d{1,16}$/), z.number()])
  .transform(Number)
  .pipe(z.int().nonnegative());
const JobReply = z.object({
  jobReference: z.object({ location: z.string().optional() }).optional(),
  status: z.object({
    errorResult: z.object({ reason: z.string().default('unknown') }).optional(),
  }),
  statistics: z.object({
    totalBytesProcessed: Bytes.optional(),
    query: z.object({ totalBytesProcessed: Bytes.optional() }).optional(),
  }),
});
const PageReply = z.object({
  jobComplete: z.boolean(),
  pageToken: z.string().optional(),
  totalRows: Bytes.optional(),
  totalBytesProcessed: Bytes.optional(),
  schema: z.object({ fields: z.array(z.object({ name: z.string() })) }).optional(),
  rows: z
    .array(z.object({ f: z.array(z.object({ v: z.string().nullable().default(null) })) }))
    .default([]),
});

/** A job as far as it is needed to read its results or to end it. */
export interface QueryJob {
  jobId: string;
  location: string | undefined;
}

/** A job's answer, or what it would scan. */
export interface JobState {
  location: string | undefined;
  /** Why it failed, in BigQuery's word. */
  failure: string | undefined;
  bytes: number;
}

/** The four methods of BigQuery that are used, on one project. */
export type BigQuery = ReturnType<typeof createBigQuery>;

// BigQuery answers as soon as there is something, so this only saves requests.
const WAIT_MS = 10_000;
const PAGE_ROWS = 20_000;

/**
 * BigQuery over REST. Google's own client is not used for it: it cannot end a request whose caller has given up.
 *
 * @param bytesMax bytes that a query may scan; BigQuery itself ends one that would scan more
 * @see https://cloud.google.com/bigquery/docs/reference/rest
 */
export function createBigQuery(api: GoogleApi, ref: TableRef, bytesMax: number) {
  const project = `projects/${encodeURIComponent(ref.projectId)}`;
  const { projectId } = ref;
  const insert = createInsert(api, `${project}/jobs`);
  return {
    /** The export's table. @throws ToolError `UNSUPPORTED` when it is none */
    table: async (call: CountedCall): Promise<ExportTable> => {
      const dataset = `${project}/datasets/${encodeURIComponent(ref.datasetId)}`;
      const metadata = await api(
        {
          path: `${dataset}/tables/${encodeURIComponent(ref.tableId)}`,
          permission: 'bigquery.tables.get',
          schema: TableMetadata,
        },
        call,
      );
      return toExportTable(ref, metadata);
    },
    /** What a query would scan; free. */
    dryRun: (query: SqlQuery, location: string | undefined, call: CountedCall) =>
      insert({ projectId, location }, { dryRun: true, query: toConfiguration(query) }, call),
    /** Starts a query; the same id again is refused by BigQuery with 409. */
    start: (query: SqlQuery, job: QueryJob, call: CountedCall) =>
      insert({ projectId, ...job }, { query: toConfiguration(query, bytesMax) }, call),
    /** A page of results, or word that there is none yet. */
    page: ({ jobId, location }: QueryJob, pageToken: string | undefined, call: CountedCall) =>
      api(
        {
          path: `${project}/queries/${encodeURIComponent(jobId)}`,
          query: {
            location,
            maxResults: String(PAGE_ROWS),
            timeoutMs: String(WAIT_MS),
            pageToken,
          },
          permission: 'bigquery.tables.getData',
          schema: PageReply,
        },
        call,
      ),
    /** Ends a query that nobody waits for any more. */
    cancel: ({ jobId, location }: QueryJob, call: CountedCall) =>
      api(
        {
          method: 'POST',
          path: `${project}/jobs/${encodeURIComponent(jobId)}/cancel`,
          query: { location },
          permission: 'bigquery.jobs.update',
          schema: z.unknown(),
        },
        call,
      ),
  };
}

/** Inserts a job. @see https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/insert */
function createInsert(api: GoogleApi, path: string) {
  return async (
    jobReference: object,
    configuration: object,
    call: CountedCall,
  ): Promise<JobState> => {
    const reply = await api(
      {
        method: 'POST',
        path,
        body: { jobReference, configuration },
        permission: 'bigquery.jobs.create',
        schema: JobReply,
      },
      call,
    );
    const { totalBytesProcessed, query } = reply.statistics;
    return {
      location: reply.jobReference?.location,
      failure: reply.status.errorResult?.reason,
      bytes: totalBytesProcessed ?? query?.totalBytesProcessed ?? 0,
    };
  };
}

/** @see https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobConfigurationQuery */
function toConfiguration({ sql, parameters, period }: SqlQuery, bytesMax?: number) {
  const instant = (name: string, day: string) => ({
    name,
    parameterType: { type: 'TIMESTAMP' },
    parameterValue: { value: `${day}T00:00:00Z` },
  });
  return {
    query: sql,
    useLegacySql: false,
    parameterMode: 'NAMED',
    ...(bytesMax === undefined ? {} : { maximumBytesBilled: String(bytesMax) }),
    queryParameters: [
      instant('from', period.start),
      instant('to', period.end),
      ...parameters.map(({ name, value }) =>
        typeof value === 'string'
          ? { name, parameterType: { type: 'STRING' }, parameterValue: { value } }
          : {
              name,
              parameterType: { type: 'ARRAY', arrayType: { type: 'STRING' } },
              parameterValue: { arrayValues: value.map((one) => ({ value: one })) },
            },
      ),
    ],
  };
}
