import { llmTrackerMcpUrl } from '../../core/config/addresses.ts';
import { openLedger } from '../kit/openLedger.ts';
import { createPlatformClient } from '../kit/platform/createPlatformClient.ts';
import { runServer } from '../kit/runServer.ts';
import { defineLlmTracker } from './defineLlmTracker.ts';
import { findProviders } from './findProviders.ts';
import { selfcheck } from './selfcheck.ts';

const HELP = `llm-tracker-server: costs and usage of OpenAI and Anthropic for MCP clients, read-only

  llm-tracker-server              Streamable HTTP at http://BIND_ADDRESS:(MCP_PORT + 3)/mcp
  llm-tracker-server --stdio      for a desktop host
  llm-tracker-server --selfcheck  names missing keys and permissions; free

OPENAI_ADMIN_KEY and ANTHROPIC_ADMIN_KEY are admin keys of the organisation, not project keys; one
of them is enough. OPENAI_BASE_URL and ANTHROPIC_BASE_URL replace the providers' addresses.
LLM_CALLS_PER_DAY limits requests of each connection (default 5000); MCP_AUTH=none switches access
tokens off, on loopback only.`;

const code = await runServer(
  {
    name: 'llm-tracker',
    help: HELP,
    portOffset: 3,
    publicUrl: llmTrackerMcpUrl,
    define: (env, log) =>
      defineLlmTracker(env, () => new Date(), {
        ledger: openLedger(env, 'llm-tracker', log),
        platform: createPlatformClient(env, { now: () => new Date() }),
      }),
    selfcheck: (env, _paid, print) => selfcheck(findProviders(env), print),
  },
  process.argv.slice(2),
  process.env,
);
if (code !== undefined) process.exitCode = code;
