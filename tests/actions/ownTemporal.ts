import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { type RunningProcess, startProcess } from '../../cli/launch/process/startProcess.ts';
import { temporalSpec } from '../../cli/launch/temporal/temporalSpec.ts';
import { testTemporal } from '../servers/testTemporal.ts';

/** A Temporal server of the test's own, with its data in a file: one that can be killed and started again. */
export interface OwnTemporal {
  address: string;
  namespace: string;
  connection: Connection;
  kill: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}

/** Starts it. The namespace holds nothing but the test's workflows, so task queue `actions` is free for a real worker. */
export async function openOwnTemporal(): Promise<OwnTemporal> {
  const shared = await testTemporal();
  await shared.close();
  const folder = mkdtempSync(join(tmpdir(), 'costguard-temporal-'));
  const namespace = 'costguard-own';
  const port = await findFreePort();
  const spec = temporalSpec({
    executable: shared.executable,
    port,
    uiPort: await findFreePort(),
    namespace,
    dbFile: join(folder, 'temporal.db'),
  });
  let child: RunningProcess | undefined;
  const start = async () => {
    child = startProcess(spec, { recordsDir: inject('recordsDir'), onLine: () => undefined });
    await child.waitReady();
  };
  await start();
  const address = `127.0.0.1:${port}`;
  const connection = await Connection.connect({ address });
  return {
    address,
    namespace,
    connection,
    start,
    kill: async () => {
      if (child?.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      await child?.ended;
    },
    close: async () => {
      await connection.close();
      await child?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
