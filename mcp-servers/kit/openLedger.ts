import type { Logger } from 'pino';
import type { Env } from '../../core/config/env.ts';
import { createFileLedger, createMemoryLedger, type SpendingLedger } from './spendingLedger.ts';

/** The ledger of a server: in MCP_STATE_DIR where that is set, else in this process. */
export const openLedger = (
  { MCP_STATE_DIR: folder }: Env,
  server: string,
  log: Logger,
): SpendingLedger =>
  folder === undefined ? createMemoryLedger() : createFileLedger(folder, server, log);
