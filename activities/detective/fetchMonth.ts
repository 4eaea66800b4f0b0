import { ApplicationFailure } from '@temporalio/common';
import { monthPeriod } from '../../core/connections/backfillMonths.ts';
import { CostGuardError, ERROR_CODES } from '../../core/errors.ts';
import { recordMonth } from '../../db/queries/backfill/recordMonth.ts';
import type { DetectiveDependencies } from './createDetectiveActivities.ts';
import { storeCosts } from './storeCosts.ts';

/** One month of a connection's history, YYYY-MM. */
export interface BackfillMonth {
  connectionId: string;
  month: string;
}

const HOUR_MS = 3_600_000;

/**
 * Reads one month of history, stores it, and writes down how it went. A second run stores the same rows in place of the
 * first, so it is safe. Where the provider is away, throttles, or the day's budget of paid requests is used up, the month
 * waits, and Temporal tries it again when the provider said so. Returns the number of charges.
 */
export function createFetchMonth(dependencies: DetectiveDependencies) {
  const { db } = dependencies;
  return async ({ connectionId, month }: BackfillMonth): Promise<number> => {
    const of = { connectionId, month };
    await recordMonth(db, { ...of, status: 'running' });
    try {
      const { rows } = await storeCosts(dependencies, { connectionId, ...monthPeriod(month) });
      await recordMonth(db, { ...of, rows, status: rows === 0 ? 'empty' : 'done' });
      return rows;
    } catch (error) {
      if (!(error instanceof CostGuardError)) throw error;
      const { code, detail } = error;
      if (isTooOld(error)) {
        await recordMonth(db, { ...of, rows: 0, status: 'empty', code, detail });
        return 0;
      }
      const isBudget = code === 'call_budget_exhausted';
      if (!isBudget && !ERROR_CODES[code].retry) throw error;
      await recordMonth(db, { ...of, status: 'waiting', code, detail });
      throw isBudget ? untilTheBudgetIsAnew(error) : error;
    }
  };
}

/** The provider keeps no costs of so long ago. */
const isTooOld = ({ code, errors }: CostGuardError): boolean =>
  code === 'invalid_request' && errors?.[0]?.pointer === '/period/start';

/** For a poll the day's budget ends it, the next one reads the same days; a month waits for the next day. */
function untilTheBudgetIsAnew({ code, detail, retryAfterMs }: CostGuardError): ApplicationFailure {
  const failure = ApplicationFailure.create({
    type: code,
    message: detail,
    nextRetryDelay: retryAfterMs ?? HOUR_MS,
  });
  // It would show the paths of the machine.
  failure.stack = '';
  return failure;
}
