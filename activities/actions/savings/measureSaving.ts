import type { ActionStatus } from '../../../core/contracts/action.ts';
import type { SavingEnd } from '../../../core/contracts/actionSaving.ts';
import { type Baseline, MEASURED_DAYS } from '../../../core/savings/baseline.ts';
import {
  measureSaving as measure,
  type SavingMeasure,
} from '../../../core/savings/measureSaving.ts';
import { addDays, daysBetween, utcDay } from '../../../core/time/day.ts';
import { appendActionEvents } from '../../../db/queries/actions/appendActionEvents.ts';
import { PLATFORM } from '../../../db/queries/actions/applyTransition.ts';
import type { StoredAction } from '../../../db/queries/actions/actionRow.ts';
import { getAction } from '../../../db/queries/actions/getAction.ts';
import { lockAction } from '../../../db/queries/actions/lockAction.ts';
import { findSaving } from '../../../db/queries/savings/findSaving.ts';
import { readSavingCosts } from '../../../db/queries/savings/readSavingCosts.ts';
import type { StoredSaving } from '../../../db/queries/savings/savingRow.ts';
import { storeMeasure } from '../../../db/queries/savings/storeMeasure.ts';
import type { Database } from '../../../db/connect.ts';
import type { ActionDeps } from '../actionDeps.ts';

/** Whether measuring goes on, and when. */
export interface MeasuredSaving {
  isFinal: boolean;
  /** Until the next measure. */
  waitMs: number;
}

const DAY_MS = 86_400_000;
// Costs that have not come by then will not: what was measured is the result.
const GIVE_UP_DAYS = 45;

/** Measures what an action has saved so far. */
export function createMeasureSaving(deps: ActionDeps) {
  const waitMs = deps.measureEveryMs ?? DAY_MS;
  /**
   * Compares the settled days after success with the forecast, and stores it; with the fourteenth it is final. Safe to run
   * twice: a measure replaces the one before, and what is final stays as it is.
   */
  return async function measureSaving(input: {
    actionId: string;
    isRolledBack?: boolean;
  }): Promise<MeasuredSaving> {
    const { db, clock } = deps;
    const saving = await findSaving(db, input.actionId);
    // Approved before there was a forecast to compare with.
    if (saving === undefined || saving.isFinal) return { isFinal: true, waitMs };
    const action = await getAction(db, input.actionId);
    const today = utcDay(clock());
    const firstDay = saving.firstDay ?? addDays(today, 1);
    const measured =
      saving.baseline && (await compare(db, action, saving, saving.baseline, firstDay));
    const endedBy = input.isRolledBack
      ? 'rolled_back'
      : endOf(measured, daysBetween(firstDay, today));
    await record(db, action, firstDay, measured, endedBy);
    return { isFinal: endedBy !== null, waitMs };
  };
}

async function compare(
  db: Database,
  action: StoredAction,
  saving: StoredSaving,
  baseline: Baseline,
  firstDay: string,
): Promise<SavingMeasure> {
  const connection = { id: action.connectionId, provider: action.provider };
  const { currency } = baseline;
  const { days } = await readSavingCosts(db, connection, saving.scope, firstDay, currency);
  return measure(baseline, new Map(days.map(({ date, cost }) => [date, cost])), firstDay);
}

function endOf(measured: SavingMeasure | null, age: number): SavingEnd | null {
  if (measured === null) return 'no_baseline';
  if (measured.days.length === MEASURED_DAYS) return 'measured';
  return age > GIVE_UP_DAYS ? 'data_missing' : null;
}

async function record(
  db: Database,
  { id }: StoredAction,
  firstDay: string,
  measured: SavingMeasure | null,
  endedBy: SavingEnd | null,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // Events are numbered one after the other.
    const { status } = await lockAction(tx, id);
    const given = { actionId: id, firstDay, endedBy, ...(measured && { measure: measured }) };
    const isNew = await storeMeasure(tx, given);
    // Of a rollback there is an event already, and of what was never measured nothing happened.
    if (!isNew || measured === null || (endedBy !== 'measured' && endedBy !== 'data_missing'))
      return;
    await appendActionEvents(tx, id, [
      {
        key: 'saving',
        type: 'status',
        status: status as ActionStatus,
        actor: PLATFORM.name,
        summary: `Measured on ${String(measured.days.length)} days: ${VERDICT[measured.verdict]}`,
      },
    ]);
  });
}

const VERDICT = {
  realised: 'it saves money',
  regressed: 'it costs more than before',
  cannot_tell: 'no difference that chance could not make',
} as const;
