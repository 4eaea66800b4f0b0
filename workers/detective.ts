import { lookup } from 'node:dns/promises';
import { createDetectiveActivities } from '../activities/detective/createDetectiveActivities.ts';
import { createMaintenanceActivities } from '../activities/maintenance/createMaintenanceActivities.ts';
import { createNotificationActivities } from '../activities/notifications/createNotificationActivities.ts';
import { createOpenChannelSecrets } from '../activities/notifications/openChannelSecrets.ts';
import { createAccessTokens } from '../activities/platform/accessTokens.ts';
import { openMcpToolbox } from '../activities/platform/mcpToolbox.ts';
import { createPlatformApi } from '../activities/platform/platformApi.ts';
import {
  costMcpUrl,
  internalApiUrl,
  mcpAudience,
  publicApiUrl,
  publicUiUrl,
} from '../core/config/addresses.ts';
import { EnvError } from '../core/config/env.ts';
import { parsePrivateHosts } from '../core/notifications/privateHosts.ts';
import { DETECTIVE_TASK_QUEUE } from '../workflows/detectiveSchedule.ts';
import { keepSchedules } from './keepSchedules.ts';
import { reportPollLag } from './reportPollLag.ts';
import { type PoolFrame, runPool, type RunningPool } from './runPool.ts';
import { startPendingNotifications } from './startPendingNotifications.ts';

const NOTIFY_TIMEOUT_MS = 20_000;
// For what goes on beside the polls: schedules, messages, and the records of polls that wait for their provider.
const MORE_CONNECTIONS = 10;

/** The detective worker: reads costs, judges them, reports, sends messages. It can propose, and change nothing. */
function build({ env, log, connected, temporal }: PoolFrame): RunningPool {
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
  const api = createPlatformApi({ baseUrl, audience: publicApiUrl(env), tokens, fetch });
  return {
    taskQueue: DETECTIVE_TASK_QUEUE,
    workflows: 'detective',
    activitiesMax: env.POLLS_AT_ONCE,
    activities: {
      ...createDetectiveActivities({
        db,
        pool,
        api,
        openCosts: (provider) =>
          openMcpToolbox({ url: costMcpUrl(env, provider), audience: mcpAudience(env), tokens }),
        backfillMonths: env.BACKFILL_MONTHS,
        adviceDaysMin: env.ADVICE_STABLE_DAYS,
        now: () => new Date(),
      }),
      ...createMaintenanceActivities({
        db,
        api,
        hoursKeptMonths: env.LLM_HOURS_KEPT_MONTHS,
        deliveryLogDays: env.DELIVERY_LOG_DAYS,
        now: () => new Date(),
      }),
      ...createNotificationActivities({
        db,
        openSecrets: createOpenChannelSecrets(api),
        uiUrl: publicUiUrl(env),
        privateHosts: parsePrivateHosts(env.NOTIFY_PRIVATE_HOSTS),
        lookup,
        timeoutMs: NOTIFY_TIMEOUT_MS,
        now: () => new Date(),
      }),
    },
    background: async (signal) => {
      await Promise.all([
        keepSchedules({ db, pool, temporal, log }, signal),
        startPendingNotifications({ client: temporal, db, log }, signal),
        env.WORKER_METRICS_ADDRESS !== undefined && reportPollLag({ db, log }, signal),
      ]);
    },
  };
}

await runPool('detective-worker', process.env, build, {
  databaseConnections: (env) => env.POLLS_AT_ONCE + MORE_CONNECTIONS,
});
