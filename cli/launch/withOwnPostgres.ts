import { join, resolve } from 'node:path';
import type { Env } from '../../core/config/env.ts';
import { claimHome } from './claimHome.ts';
import { createCrew } from './crew.ts';
import { createWaitingBoard } from './createWaitingBoard.ts';
import { createMergedLog } from './logs/createMergedLog.ts';
import { reapRecorded } from './process/processRecords.ts';
import { type DatabaseAddresses, startDatabase } from './startDatabase.ts';

/**
 * Runs the embedded Postgres of COSTGUARD_HOME, and nothing else, for as long as `use` takes; makes an empty one where there
 * is none.
 *
 * @throws Error in one line while "npm start" runs from that folder
 */
export async function withOwnPostgres<T>(
  env: Env,
  source: Record<string, string | undefined>,
  use: (addresses: DatabaseAddresses) => Promise<T>,
): Promise<T> {
  const home = resolve(env.COSTGUARD_HOME);
  const release = claimHome(home);
  const log = createMergedLog(join(home, 'logs'), (line) => process.stderr.write(`${line}\n`));
  const board = createWaitingBoard(log.say);
  const recordsDir = join(home, 'run');
  const crew = createCrew(log, board, recordsDir);
  const ending = new AbortController();
  try {
    await reapRecorded(recordsDir);
    const context = { env, source, home, log, signal: ending.signal, crew, board };
    return await use(await startDatabase(context));
  } finally {
    board.close();
    await crew.stop();
    log.close();
    release();
  }
}
