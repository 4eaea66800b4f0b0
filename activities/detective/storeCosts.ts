import { cancellationSignal } from '@temporalio/activity';
import { clockNotice } from '../../core/connections/clockNotice.ts';
import { CURRENCY_DAYS, currencyNotice } from '../../core/connections/currencyNotice.ts';
import type { PollNotice } from '../../core/connections/pollNotice.ts';
import type { Connection } from '../../core/contracts/connection.ts';
import { CostGuardError } from '../../core/errors.ts';
import { addDays, utcDay } from '../../core/time/day.ts';
import { findConnection } from '../../db/queries/connections/findConnection.ts';
import { readCurrencies } from '../../db/queries/connections/readCurrencies.ts';
import { replaceCosts } from '../../db/queries/costs/replaceCosts.ts';
import { extendDemo } from '../../db/seed/extendDemo.ts';
import { heartbeating } from '../actions/heartbeating.ts';
import { readAhead } from './costs/readAhead.ts';
import { readCosts } from './costs/readCosts.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';

/** Which connection and which UTC days, the end excluded. */
export interface CostPeriod {
  connectionId: string;
  from: string;
  to: string;
}

/** How much was stored, and what a person should know of it. */
export interface StoredCosts {
  rows: number;
  changedDays: number;
  notice?: PollNotice;
}

type Dependencies = Pick<DetectiveDependencies, 'db' | 'pool' | 'openCosts' | 'now' | 'pagesMax'>;

const PAGES_MAX = 5_000;
// Some 2 MB: most answers are whole by then, so that a slow provider holds no database connection.
const AHEAD_ROWS = 2_000;

/**
 * Reads a period from the provider's MCP server and makes the stored costs exactly that. A second run stores the same rows
 * in place of the first; a run that fails midway stores nothing.
 *
 * @throws CostGuardError `connection_not_found`, or as `readCosts` and `replaceCosts`
 */
export async function storeCosts(
  dependencies: Dependencies,
  period: CostPeriod,
): Promise<StoredCosts> {
  const { db, pool, now } = dependencies;
  const connection = await findConnection(db, period.connectionId);
  if (connection === undefined) {
    throw new CostGuardError(
      'connection_not_found',
      'The connection was deleted; its schedule ends by itself.',
    );
  }
  if (connection.demo && connection.provider !== 'aws') {
    const { from, to } = period;
    return extendDemo(pool, connection.id, { from, to, today: utcDay(now()) });
  }
  return heartbeating(() => storeFromServer(dependencies, connection, period));
}

async function storeFromServer(
  { db, pool, openCosts, now, pagesMax = PAGES_MAX }: Dependencies,
  { provider }: Connection,
  period: CostPeriod,
): Promise<StoredCosts> {
  const { connectionId, to } = period;
  const toolbox = await openCosts(provider);
  let dataAsOf: Date | undefined;
  try {
    const reading = readCosts({
      ...period,
      ...{ toolbox, provider, pagesMax, signal: cancellationSignal(), today: utcDay(now()) },
      onPage: (asOf) => {
        if (dataAsOf === undefined || asOf > dataAsOf) dataAsOf = asOf;
      },
    });
    const rows = await readAhead(reading, AHEAD_ROWS);
    const stored = await replaceCosts(pool, { ...period, provider, rows, seenAt: now() });
    const spans = await readCurrencies(db, { connectionId, from: addDays(to, -CURRENCY_DAYS) });
    const notice = clockNotice(dataAsOf, now()) ?? currencyNotice(spans, to);
    const { rows: count, changedDays } = stored;
    return { rows: count, changedDays, ...(notice !== undefined && { notice }) };
  } finally {
    await toolbox.close();
  }
}
