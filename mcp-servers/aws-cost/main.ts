import { awsCostMcpUrl } from '../../core/config/addresses.ts';
import { openLedger } from '../kit/openLedger.ts';
import { createPlatformClient } from '../kit/platform/createPlatformClient.ts';
import { runServer } from '../kit/runServer.ts';
import { defineAwsCost } from './defineAwsCost.ts';
import { selfcheck } from './selfcheck.ts';

const HELP = `aws-cost-server: AWS costs for MCP clients, read-only

  aws-cost-server              Streamable HTTP at http://BIND_ADDRESS:MCP_PORT/mcp
  aws-cost-server --stdio      for a desktop host
  aws-cost-server --selfcheck  names missing permissions; free
  aws-cost-server --selfcheck=paid  the same with one Cost Explorer request (0.01 USD)

Credentials come from the AWS default chain (AWS_PROFILE, AWS_ACCESS_KEY_ID, role, ...), those of
a connection from the platform, where COSTGUARD_CLIENT_ID and COSTGUARD_CLIENT_SECRET are set.
AWS_CE_CALLS_PER_DAY limits paid requests (default 200, 0.01 USD each), which are counted
across restarts where MCP_STATE_DIR names a folder; MCP_AUTH=none switches
access tokens off, on loopback only.`;

const code = await runServer(
  {
    name: 'aws-cost',
    help: HELP,
    portOffset: 0,
    publicUrl: awsCostMcpUrl,
    define: (env, log) =>
      defineAwsCost({
        callsPerDay: env.AWS_CE_CALLS_PER_DAY,
        ledger: openLedger(env, 'aws-cost', log),
        region: env.AWS_REGION,
        platform: createPlatformClient(env, { now: () => new Date() }),
        now: () => new Date(),
      }),
    selfcheck: (_env, paid, print) => selfcheck(paid, print),
  },
  process.argv.slice(2),
  process.env,
);
if (code !== undefined) process.exitCode = code;
