import { Client } from '@temporalio/client';
import { createAdapters } from '../activities/actions/adapters.ts';
import { createNoteCloudCall } from '../activities/actions/cloudCalls/createNoteCloudCall.ts';
import { createActionActivities } from '../activities/actions/createActionActivities.ts';
import { createEc2For } from '../activities/actions/ec2/createEc2For.ts';
import { createLlmAdmins } from '../activities/actions/llmKeys/createLlmAdmin.ts';
import { createRemedyActivities } from '../activities/remedies/createRemedyActivities.ts';
import { ACTIONS_TASK_QUEUE } from '../workflows/messages.ts';
import { runPool } from './runPool.ts';
import { startUnstartedActions } from './startUnstartedActions.ts';

const HOUR_MS = 3_600_000;

/** The action worker: the only process whose credentials may change cloud resources or API keys. */
await runPool('action-worker', process.env, ({ env, log, connected, connection }) => {
  const { db } = connected;
  const note = createNoteCloudCall(db, log);
  const ec2 = createEc2For({ note });
  const client = new Client({ connection, namespace: env.TEMPORAL_NAMESPACE });
  return {
    taskQueue: ACTIONS_TASK_QUEUE,
    workflows: 'actions',
    activities: {
      ...createActionActivities({
        db,
        adapterFor: createAdapters({
          ec2For: ec2.ec2For,
          llmAdmins: createLlmAdmins(env, { note }),
        }),
        clock: () => new Date(),
        rollbackWindowMs: env.ROLLBACK_WINDOW_HOURS * HOUR_MS,
      }),
      ...createRemedyActivities({ db, ec2For: ec2.ec2For }),
    },
    background: (signal) => startUnstartedActions({ client, db, log }, signal),
    close: ec2.close,
  };
});
