import { Client } from '@temporalio/client';
import { createDetectiveActivities } from '../activities/detective/createDetectiveActivities.ts';
import { createAccessTokens } from '../activities/platform/accessTokens.ts';
import { openMcpToolbox } from '../activities/platform/mcpToolbox.ts';
import { createPlatformApi } from '../activities/platform/platformApi.ts';
import {
  awsCostMcpUrl,
  internalApiUrl,
  mcpAudience,
  publicApiUrl,
} from '../core/config/addresses.ts';
import { EnvError } from '../core/config/env.ts';
import { DETECTIVE_TASK_QUEUE } from '../workflows/detectiveSchedule.ts';
import { keepSchedules } from './keepSchedules.ts';
import { runPool } from './runPool.ts';

/** The detective worker: reads costs, judges them, reports. It can propose, and change nothing. */
await runPool('detective-worker', process.env, ({ env, log, connected, connection }) => {
  const { COSTGUARD_CLIENT_ID: clientId, COSTGUARD_CLIENT_SECRET: clientSecret } = env;
  if (clientId === undefined || clientSecret === undefined) {
    throw new EnvError([
      'COSTGUARD_CLIENT_ID, COSTGUARD_CLIENT_SECRET: the detective needs its service account; `npm start` sets it',
    ]);
  }
  const { db, pool } = connected;
  const baseUrl = internalApiUrl(env);
  const tokens = createAccessTokens({
    tokenUrl: `${baseUrl}/oauth/token`,
    clientId,
    clientSecret,
    fetch,
    now: Date.now,
  });
  const temporal = new Client({ connection, namespace: env.TEMPORAL_NAMESPACE });
  return {
    taskQueue: DETECTIVE_TASK_QUEUE,
    workflows: 'detective',
    activities: createDetectiveActivities({
      db,
      pool,
      api: createPlatformApi({ baseUrl, audience: publicApiUrl(env), tokens, fetch }),
      openAwsCosts: () =>
        openMcpToolbox({ url: awsCostMcpUrl(env), audience: mcpAudience(env), tokens }),
      now: () => new Date(),
    }),
    background: (signal) => keepSchedules({ db, pool, temporal, log }, signal),
  };
});
