import { ACTIONS_TASK_QUEUE } from '../../workflows/messages.ts';
import { createTestDatabase } from '../servers/createTestDatabase.ts';
import { type ActionDesk, openDesk } from './actionDesk.ts';
import { type OwnTemporal, openOwnTemporal } from './ownTemporal.ts';
import { compileProgram, startWorkerProcess, type WorkerProcess } from './workerProcess.ts';

/** The compiled worker of actions as a process, with a database and a Temporal server of its own. */
export interface KillableWorker {
  desk: ActionDesk;
  temporal: OwnTemporal;
  /** The worker's whole environment. */
  env: Record<string, string>;
  /** The process that runs, or ran last. */
  process: () => WorkerProcess;
  start: () => Promise<void>;
  /** SIGKILL, then another process in its place. */
  killAndRestart: () => Promise<void>;
  close: () => Promise<void>;
}

/** Opens it, with the worker not started yet; `given` are more variables, `reach` the way to the database that it takes. */
export async function openKillableWorker(
  given: Record<string, string>,
  reach: (databaseUrl: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<KillableWorker> {
  await compileProgram();
  const database = await createTestDatabase();
  const temporal = await openOwnTemporal();
  const { namespace, connection, address } = temporal;
  const at = { databaseUrl: database.url, namespace, taskQueue: ACTIONS_TASK_QUEUE };
  const desk = await openDesk({ ...at, temporal: connection });
  const env = {
    ...given,
    DATABASE_URL: await reach(database.url),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
  let worker: WorkerProcess | undefined;
  const current = () => {
    if (worker === undefined) throw new TypeError('The worker was not started.');
    return worker;
  };
  const start = async () => {
    worker = await startWorkerProcess(env);
  };
  return {
    desk,
    temporal,
    env,
    process: current,
    start,
    killAndRestart: async () => {
      await current().kill();
      await start();
    },
    close: async () => {
      await worker?.stop();
      await desk.close();
      await temporal.close();
      await database.drop();
    },
  };
}
