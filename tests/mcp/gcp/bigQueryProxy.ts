import { readContract, type GoogleContract } from './discovery.ts';
import { startLoopback, type Answer, type GoogleCall, type Loopback } from './loopback.ts';

/** A job that a client asked for. */
export interface AskedJob {
  sql: string;
  parameters: { name: string; parameterType: unknown; parameterValue: unknown }[];
  dryRun: boolean;
  maximumBytesBilled: string | undefined;
  jobId: string | undefined;
}

/** The BigQuery emulator behind a proxy that records each call and makes good what the emulator lacks. */
export interface BigQueryProxy extends Loopback {
  /** Everything that was asked, by the id of BigQuery's method. */
  calls: { method: string; call: GoogleCall }[];
  jobs: () => AskedJob[];
  /** Queries that were run, dry runs apart. */
  queries: () => AskedJob[];
  /** Answers calls of a method while it returns something, for instance of `bigquery.jobs.insert`. */
  answer: (
    method: string,
    give: (
      call: GoogleCall,
      index: number,
      pass: () => Promise<Answer>,
    ) => Answer | Promise<Answer> | undefined,
  ) => void;
  /** What a query scans: the emulator always says 0. */
  setBytes: (bytes: number) => void;
  /** Requests that were not BigQuery's: each is a mistake of the server. */
  mistakes: string[];
  clear: () => void;
}

/**
 * Starts the proxy. Each request is held against Google's discovery document. The emulator takes NUMERIC for three decimals
 * and does not count bytes, so the proxy writes the nine decimals that BigQuery has, says what `setBytes` told it, and ends a
 * query that would be billed for more than it may.
 */
export async function startBigQueryProxy(
  upstream: string,
  documents: string,
): Promise<BigQueryProxy> {
  const contract: GoogleContract = readContract(documents, 'bigquery.v2');
  const calls: BigQueryProxy['calls'] = [];
  const mistakes: string[] = [];
  const rules = new Map<string, Parameters<BigQueryProxy['answer']>[1]>();
  let bytes = 0;
  const loopback = await startLoopback(async (call) => {
    let method: string;
    try {
      method = contract.check(call);
    } catch (error) {
      mistakes.push(String(error));
      throw error;
    }
    const index = calls.filter((earlier) => earlier.method === method).length;
    calls.push({ method, call });
    const pass = () => forward(upstream, call, bytes);
    return (await rules.get(method)?.(call, index, pass)) ?? pass();
  });
  const jobs = () =>
    calls.flatMap(({ method, call }) => (method === 'bigquery.jobs.insert' ? [toJob(call)] : []));
  return {
    ...loopback,
    calls,
    jobs,
    queries: () => jobs().filter(({ dryRun }) => !dryRun),
    answer: (method, give) => void rules.set(method, give),
    setBytes: (count) => {
      bytes = count;
    },
    mistakes,
    clear: () => {
      calls.length = 0;
      mistakes.length = 0;
      rules.clear();
      bytes = 0;
    },
  };
}

interface JobBody {
  configuration: {
    dryRun?: boolean;
    query: {
      query: string;
      queryParameters: AskedJob['parameters'];
      maximumBytesBilled?: string;
    };
  };
  jobReference?: { jobId?: string };
}

function toJob({ body }: GoogleCall): AskedJob {
  const { configuration, jobReference } = body as JobBody;
  const { query, queryParameters, maximumBytesBilled } = configuration.query;
  return {
    sql: query,
    parameters: queryParameters,
    dryRun: configuration.dryRun ?? false,
    maximumBytesBilled,
    jobId: jobReference?.jobId,
  };
}

async function forward(upstream: string, call: GoogleCall, bytes: number): Promise<Answer> {
  const query = call.query.size === 0 ? '' : `?${call.query.toString()}`;
  const text =
    call.body === undefined
      ? undefined
      : JSON.stringify(call.body).replaceAll('AS NUMERIC)', 'AS NUMERIC(38, 9))');
  const reply = await fetch(upstream + encodeURI(call.path) + query, {
    method: call.method,
    ...(text === undefined ? {} : { body: text, headers: { 'content-type': 'application/json' } }),
  });
  const json = (await reply.json()) as Record<string, unknown>;
  if (bytes > 0 && reply.ok) {
    if ('totalBytesProcessed' in json) json['totalBytesProcessed'] = String(bytes);
    const statistics = json['statistics'] as Record<string, unknown> | undefined;
    if (statistics) statistics['totalBytesProcessed'] = String(bytes);
  }
  return { status: reply.status, json };
}
