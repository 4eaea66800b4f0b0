import { createAdapters } from '../activities/actions/adapters.ts';
import { createNoteCloudCall } from '../activities/actions/cloudCalls/createNoteCloudCall.ts';
import { createActionActivities } from '../activities/actions/createActionActivities.ts';
import { createConnectionClients } from '../activities/actions/credentials/createConnectionClients.ts';
import { createAccessTokens } from '../activities/platform/accessTokens.ts';
import { createPlatformApi, type PlatformApi } from '../activities/platform/platformApi.ts';
import { createRemedyActivities } from '../activities/remedies/createRemedyActivities.ts';
import { internalApiUrl, publicApiUrl } from '../core/config/addresses.ts';
import type { Env } from '../core/config/env.ts';
import { ACTIONS_TASK_QUEUE } from '../workflows/messages.ts';
import { reportOpenActions } from './reportOpenActions.ts';
import { runPool } from './runPool.ts';
import { startUnstartedActions } from './startUnstartedActions.ts';

const HOUR_MS = 3_600_000;

/** The action worker: the only process whose credentials may change cloud resources or API keys. */
await runPool('action-worker', process.env, ({ env, log, connected, temporal }) => {
  const { db } = connected;
  const note = createNoteCloudCall(db, log);
  const clients = createConnectionClients(env, openApi(env), { now: Date.now, note });
  return {
    taskQueue: ACTIONS_TASK_QUEUE,
    workflows: 'actions',
    activities: {
      ...createActionActivities({
        db,
        adapterFor: async (action) => createAdapters(await clients.of(action.connectionId))(action),
        clock: () => new Date(),
        rollbackWindowMs: env.ROLLBACK_WINDOW_HOURS * HOUR_MS,
        noticeHours: {
          reminder: env.ACTION_REMINDER_HOURS,
          escalation: env.ACTION_ESCALATION_HOURS,
        },
        measureEveryMs: env.SAVINGS_MEASURE_HOURS * HOUR_MS,
      }),
      ...createRemedyActivities({ db, clientsOf: clients.of }),
    },
    background: async (signal) => {
      const isMeasured = env.WORKER_METRICS_ADDRESS !== undefined;
      await Promise.all([
        startUnstartedActions({ client: temporal, db, log }, signal),
        isMeasured && reportOpenActions({ db, log }, signal),
      ]);
    },
    close: clients.close,
  };
});

/** Where connections' credentials are; without an account of its own the worker has only those of its environment. */
function openApi(env: Env): PlatformApi | undefined {
  const { COSTGUARD_CLIENT_ID: clientId, COSTGUARD_CLIENT_SECRET: clientSecret } = env;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  const baseUrl = internalApiUrl(env);
  const tokenUrl = `${baseUrl}/oauth/token`;
  const tokens = createAccessTokens({ tokenUrl, clientId, clientSecret, fetch, now: Date.now });
  return createPlatformApi({ baseUrl, audience: publicApiUrl(env), tokens, fetch });
}
