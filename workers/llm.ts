import { createLlmActivities } from '../activities/llm/createLlmActivities.ts';
import { createAccessTokens } from '../activities/platform/accessTokens.ts';
import { openMcpToolbox } from '../activities/platform/mcpToolbox.ts';
import { createPlatformApi } from '../activities/platform/platformApi.ts';
import {
  internalApiUrl,
  llmTrackerMcpUrl,
  mcpAudience,
  publicApiUrl,
} from '../core/config/addresses.ts';
import { EnvError } from '../core/config/env.ts';
import { LLM_TASK_QUEUE } from '../workflows/llmSchedule.ts';
import { type PoolFrame, runPool, type RunningPool } from './runPool.ts';

// Pages of a day hold all their rows in memory.
const PULLS_AT_ONCE = 8;

/**
 * The worker of language models' use: reads usage reports through the llm-tracker MCP server, stores them priced, judges and
 * reports them. It can propose, and change nothing.
 */
function build({ env, connected }: PoolFrame): RunningPool {
  const { COSTGUARD_CLIENT_ID: clientId, COSTGUARD_CLIENT_SECRET: clientSecret } = env;
  if (clientId === undefined || clientSecret === undefined) {
    throw new EnvError([
      'COSTGUARD_CLIENT_ID, COSTGUARD_CLIENT_SECRET: the llm worker needs its service account; `npm start` sets it',
    ]);
  }
  const baseUrl = internalApiUrl(env);
  const tokens = createAccessTokens({
    tokenUrl: `${baseUrl}/oauth/token`,
    clientId,
    clientSecret,
    fetch,
    now: Date.now,
  });
  return {
    taskQueue: LLM_TASK_QUEUE,
    workflows: 'llm',
    activitiesMax: PULLS_AT_ONCE,
    activities: createLlmActivities({
      db: connected.db,
      api: createPlatformApi({ baseUrl, audience: publicApiUrl(env), tokens, fetch }),
      openTracker: () =>
        openMcpToolbox({ url: llmTrackerMcpUrl(env), audience: mcpAudience(env), tokens }),
      hoursKeptMonths: env.LLM_HOURS_KEPT_MONTHS,
      now: () => new Date(),
    }),
  };
}

await runPool('llm-worker', process.env, build);
