import { gcpBillingMcpUrl } from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';
import { openLedger } from '../kit/openLedger.ts';
import { createPlatformClient } from '../kit/platform/createPlatformClient.ts';
import { runServer } from '../kit/runServer.ts';
import type { SpendingLedger } from '../kit/spendingLedger.ts';
import { defineGcpBilling } from './defineGcpBilling.ts';
import { selfcheck } from './selfcheck.ts';

const HELP = `gcp-billing-server: Google Cloud costs for MCP clients, read-only

  gcp-billing-server              Streamable HTTP at http://BIND_ADDRESS:MCP_PORT+1/mcp
  gcp-billing-server --stdio      for a desktop host
  gcp-billing-server --selfcheck  names missing permissions; free
  gcp-billing-server --selfcheck=paid  the same with one small BigQuery query

GCP_BILLING_TABLE names the Cloud Billing export, PROJECT.DATASET.TABLE. Credentials are the
application default credentials (GOOGLE_APPLICATION_CREDENTIALS, workload identity, gcloud).
GCP_BYTES_PER_QUERY limits the bytes that a query may scan (default 10 GiB), GCP_QUERIES_PER_DAY
the requests of a day (default 500); MCP_AUTH=none switches access tokens off, on loopback only.`;

const toOptions = (env: Env, ledger?: SpendingLedger) => ({
  ledger,
  table: env.GCP_BILLING_TABLE,
  bytesPerQuery: env.GCP_BYTES_PER_QUERY,
  requestsPerDay: env.GCP_QUERIES_PER_DAY,
  bigQueryEndpoint: env.BIGQUERY_EMULATOR_HOST,
  endpoint: env.GCP_ENDPOINT_URL,
  now: () => new Date(),
});

const code = await runServer(
  {
    name: 'gcp-billing',
    help: HELP,
    portOffset: 1,
    publicUrl: gcpBillingMcpUrl,
    define: (env, log) =>
      defineGcpBilling({
        ...toOptions(env, openLedger(env, 'gcp-billing', log)),
        platform: createPlatformClient(env, { now: () => new Date() }),
      }),
    selfcheck: (env, paid, print) => selfcheck(toOptions(env), paid, print),
  },
  process.argv.slice(2),
  process.env,
);
if (code !== undefined) process.exitCode = code;
