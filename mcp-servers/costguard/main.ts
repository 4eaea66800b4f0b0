import { costguardMcpUrl } from '../../core/config/addresses.ts';
import { runServer } from '../kit/runServer.ts';
import { connectPlatform } from './connectPlatform.ts';
import { defineCostguard } from './defineCostguard.ts';
import { selfcheck } from './selfcheck.ts';

const HELP = `costguard-server: the CostGuard platform for MCP clients; it reads and proposes, it never approves

  costguard-server              Streamable HTTP at http://BIND_ADDRESS:(MCP_PORT + 4)/mcp
  costguard-server --stdio      for a desktop host
  costguard-server --selfcheck  whether the API answers, and which scopes the token has

Over stdio it acts with COSTGUARD_TOKEN, an access token for the API at PUBLIC_API_URL. Over HTTP each
caller's token is exchanged at INTERNAL_API_URL with COSTGUARD_CLIENT_ID and COSTGUARD_CLIENT_SECRET;
MCP_AUTH=none switches callers' tokens off, on loopback only, and then COSTGUARD_TOKEN is used.`;

const code = await runServer(
  {
    name: 'costguard',
    help: HELP,
    portOffset: 4,
    showsTeamsOnly: true,
    publicUrl: costguardMcpUrl,
    define: (env, _log, transport) =>
      defineCostguard(connectPlatform(env, transport), () => new Date()),
    selfcheck: (env, _paid, print) => selfcheck(env, print),
  },
  process.argv.slice(2),
  process.env,
);
if (code !== undefined) process.exitCode = code;
