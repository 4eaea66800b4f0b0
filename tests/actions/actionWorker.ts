import { NativeConnection, type Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createAdapters } from '../../activities/actions/adapters.ts';
import { createNoteCloudCall } from '../../activities/actions/cloudCalls/createNoteCloudCall.ts';
import { createActionActivities } from '../../activities/actions/createActionActivities.ts';
import { createEc2For } from '../../activities/actions/ec2/createEc2For.ts';
import { createLlmAdmins } from '../../activities/actions/llmKeys/createLlmAdmin.ts';
import { parseEnv } from '../../core/config/env.ts';
import { connect } from '../../db/connect.ts';
import { createWorker, installRuntime } from '../../workers/createWorker.ts';

/** A worker of task queue `taskQueue` in the test's own process, with the worker's real frame. */
export interface TestWorker {
  worker: Worker;
  stop: () => Promise<void>;
}

// The runtime is installed once a process, before anything of Temporal's native part.
let isQuiet = false;

/** Starts it. AWS is reached as the SDK finds it in the environment. */
export async function startActionWorker(at: {
  databaseUrl: string;
  address: string;
  namespace: string;
  taskQueue: string;
  rollbackWindowMs?: number;
  cachedWorkflowsMax?: number;
  /** Admin keys and endpoints of OpenAI and Anthropic; none without it. */
  llmEnv?: Record<string, string>;
}): Promise<TestWorker> {
  if (!isQuiet) installRuntime(pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'error' }));
  isQuiet = true;
  const { db, close } = connect(at.databaseUrl, { applicationName: 'test-worker' });
  const connection = await NativeConnection.connect({ address: at.address });
  const log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'error' });
  const note = createNoteCloudCall(db, log);
  const ec2 = createEc2For({ note });
  const worker = await createWorker(connection, parseEnv({ TEMPORAL_NAMESPACE: at.namespace }), {
    taskQueue: at.taskQueue,
    workflows: 'actions',
    activities: createActionActivities({
      db,
      adapterFor: createAdapters({
        ec2For: ec2.ec2For,
        llmAdmins: createLlmAdmins(parseEnv(at.llmEnv ?? {}), { note }),
      }),
      clock: () => new Date(),
      rollbackWindowMs: at.rollbackWindowMs ?? 600_000,
      pollMs: { first: 200, max: 500 },
    }),
    ...(at.cachedWorkflowsMax !== undefined && { cachedWorkflowsMax: at.cachedWorkflowsMax }),
  });
  const running = worker.run();
  return {
    worker,
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
      ec2.close();
      await close();
    },
  };
}
