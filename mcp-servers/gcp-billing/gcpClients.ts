import { GoogleAuth } from 'google-auth-library';
import type { CredentialInput } from '../../core/contracts/credential.ts';
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

/**
 * Clients with a stored credential and the export that it names, or with the application default credentials, which are
 * looked for at the first request.
 */
export function createGcpClients(
  {
    table,
    bytesPerQuery,
    bigQueryEndpoint,
    endpoint,
  }: GcpEndpoints & { table: string | undefined; bytesPerQuery: number },
  budget: CallBudget,
  credential?: CredentialInput,
): GcpClients {
  const send = createGoogleFetch(createGoogleAuth(credential));
  const bigQuery = createGoogleApi(
    `${trim(bigQueryEndpoint ?? 'https://bigquery.googleapis.com')}/bigquery/v2`,
    bigQueryEndpoint === undefined ? send : createGoogleFetch(undefined),
    budget,
  );
  return {
    bigQuery: () =>
      createBigQuery(bigQuery, toTableRef(billingTableOf(credential) ?? table), bytesPerQuery),
    billing: createCloudBilling(send, budget, endpoint),
    recommender: createGoogleApi(
      `${trim(endpoint ?? 'https://recommender.googleapis.com')}/v1`,
      send,
      budget,
    ),
  };
}

const trim = (address: string): string => address.replace(/\/+$/, '');

/** The export that a stored credential names. */
export const billingTableOf = (credential: CredentialInput | undefined): string | undefined =>
  credential !== undefined && 'billingTable' in credential ? credential.billingTable : undefined;

/** Of a stored key only what signs is used: its addresses are Google's own, which the contract checked. */
function createGoogleAuth(credential: CredentialInput | undefined): GoogleAuth {
  const settings = { scopes: SCOPES, projectId: NO_PROJECT };
  if (credential === undefined) return new GoogleAuth(settings);
  switch (credential.kind) {
    case 'gcp_workload_identity':
      return new GoogleAuth(settings);
    case 'gcp_service_account': {
      const { client_email, private_key } = credential.key;
      return new GoogleAuth({ ...settings, credentials: { client_email, private_key } });
    }
    default:
      throw new TypeError(`a credential of another provider: ${credential.kind}`);
  }
}
