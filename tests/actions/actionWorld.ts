import { randomBytes } from 'node:crypto';
import type { NoticeHours } from '../../core/actions/waitingNotices.ts';
import { createTestDatabase } from '../servers/createTestDatabase.ts';
import { testTemporal } from '../servers/testTemporal.ts';
import { type ActionDesk, openDesk } from './actionDesk.ts';
import { startActionWorker, type TestWorker } from './actionWorker.ts';
import { type AwsAccount, openAwsAccount } from './awsAccount.ts';

/** A database, an AWS account, a desk and a worker of a test file's own, on the run's Temporal server. */
export interface ActionWorld {
  aws: AwsAccount;
  desk: ActionDesk;
  /** Stops the worker in order; what arrives meanwhile waits on the server. */
  stopWorker: () => Promise<void>;
  startWorker: () => Promise<void>;
  /** Starts another beside it, with this in its environment. */
  addWorker: (workerEnv: Record<string, string>) => Promise<TestWorker>;
  close: () => Promise<void>;
}

/** Starts all of it; close it in the file's `afterAll`. */
export async function openActionWorld(
  options: {
    rollbackWindowMs?: number;
    cachedWorkflowsMax?: number;
    measureEveryMs?: number;
    noticeHours?: NoticeHours;
  } = {},
): Promise<ActionWorld> {
  const database = await createTestDatabase();
  const temporal = await testTemporal();
  const aws = await openAwsAccount();
  Object.assign(process.env, aws.env);
  const taskQueue = `actions-${randomBytes(4).toString('hex')}`;
  const { address, namespace, connection } = temporal;
  const at = { databaseUrl: database.url, namespace, taskQueue };
  const desk = await openDesk({ ...at, temporal: connection });
  const start = () => startActionWorker({ ...at, address, ...options });
  let worker: TestWorker | undefined = await start();
  const stopWorker = async () => {
    await worker?.stop();
    worker = undefined;
  };
  return {
    addWorker: (workerEnv) => startActionWorker({ ...at, address, ...options, workerEnv }),
    stopWorker,
    startWorker: async () => {
      worker = await start();
    },
    aws,
    desk,
    close: async () => {
      await stopWorker();
      await desk.close();
      await aws.close();
      await temporal.close();
      await database.drop();
    },
  };
}
