import { azureCostMcpUrl } from '../../core/config/addresses.ts';
import { openLedger } from '../kit/openLedger.ts';
import { createPlatformClient } from '../kit/platform/createPlatformClient.ts';
import { runServer } from '../kit/runServer.ts';
import { defineAzureCost } from './defineAzureCost.ts';
import { selfcheck } from './selfcheck.ts';

const HELP = `azure-cost-server: Azure costs for MCP clients, read-only

  azure-cost-server              Streamable HTTP at http://BIND_ADDRESS:MCP_PORT+2/mcp
  azure-cost-server --stdio      for a desktop host
  azure-cost-server --selfcheck  asks each scope once and names missing permissions; free

AZURE_COST_SCOPES names what is read (subscriptions/ID, subscriptions/ID/resourceGroups/NAME,
providers/Microsoft.Management/managementGroups/ID, providers/Microsoft.Billing/billingAccounts/ID).
Credentials come from Azure's default chain (AZURE_CLIENT_ID and secret, workload or managed identity,
az login). AZURE_CALLS_PER_DAY limits requests (default 1000); MCP_AUTH=none switches access tokens
off, on loopback only.`;

const code = await runServer(
  {
    name: 'azure-cost',
    help: HELP,
    portOffset: 2,
    publicUrl: azureCostMcpUrl,
    define: (env, log) =>
      defineAzureCost(env, () => new Date(), {
        ledger: openLedger(env, 'azure-cost', log),
        platform: createPlatformClient(env, { now: () => new Date() }),
      }),
    selfcheck: (env, _paid, print) => selfcheck(env, print),
  },
  process.argv.slice(2),
  process.env,
);
if (code !== undefined) process.exitCode = code;
