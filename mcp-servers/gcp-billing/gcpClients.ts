import { GoogleAuth } from 'google-auth-library';
import type { CallBudget } from '../kit/callBudget.ts';
import { createBigQuery, type BigQuery } from './bigQuery.ts';
import { createCloudBilling, type CloudBilling } from './cloudBilling.ts';
import { toTableRef } from './exportTable.ts';
import { createGoogleApi, type GoogleApi } from './googleApi.ts';
import { createGoogleFetch } from './googleHttp.ts';

/** Other places than Google's own. */
export interface GcpEndpoints {
  /** A BigQuery emulator, which takes no credentials. */
  bigQueryEndpoint: string | undefined;
  /** The Cloud Billing API and the Recommender. */
  endpoint: string | undefined;
}

/** The Google APIs of one server. */
export interface GcpClients {
  /** @throws ToolError `UNSUPPORTED` where no export is configured */
  bigQuery: () => BigQuery;
  billing: CloudBilling;
  recommender: GoogleApi;
}

// Every request names its project; without a word on it, the library would ask Google for the credentials' own.
const NO_PROJECT = 'none';
const SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];

/** Clients with the application default credentials, which are looked for at the first request. */
export function createGcpClients(
  {
    table,
    bytesPerQuery,
    bigQueryEndpoint,
    endpoint,
  }: GcpEndpoints & { table: string | undefined; bytesPerQuery: number },
  budget: CallBudget,
): GcpClients {
  const send = createGoogleFetch(new GoogleAuth({ scopes: SCOPES, projectId: NO_PROJECT }));
  const bigQuery = createGoogleApi(
    `${trim(bigQueryEndpoint ?? 'https://bigquery.googleapis.com')}/bigquery/v2`,
    bigQueryEndpoint === undefined ? send : createGoogleFetch(undefined),
    budget,
  );
  return {
    bigQuery: () => createBigQuery(bigQuery, toTableRef(table), bytesPerQuery),
    billing: createCloudBilling(send, budget, endpoint),
    recommender: createGoogleApi(
      `${trim(endpoint ?? 'https://recommender.googleapis.com')}/v1`,
      send,
      budget,
    ),
  };
}

const trim = (address: string): string => address.replace(/\/+$/, '');
