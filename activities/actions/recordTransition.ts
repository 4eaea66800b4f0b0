import type { Move, Refusal } from '../../core/actions/move.ts';
import { appendRefusals } from '../../db/queries/actions/appendRefusals.ts';
import { getAction } from '../../db/queries/actions/getAction.ts';
import type { ActionDeps } from './actionDeps.ts';
import { projectMove } from './projectMove.ts';

/** Writes a change of status that no other activity carries. */
export function createRecordTransition({ db, clock, rollbackWindowMs }: ActionDeps) {
  /**
   * Writes status, event and audit entry in one transaction, and opens the time for a rollback on success. Safe to run
   * twice: the version only grows, so a second run finds it written and returns what the first one wrote.
   */
  return async function recordTransition(input: {
    actionId: string;
    move: Move;
  }): Promise<{ rollbackUntil: string | null }> {
    const rollbackUntil =
      input.move.status === 'succeeded'
        ? new Date(clock().getTime() + rollbackWindowMs)
        : undefined;
    await db
      .transaction()
      .execute((tx) => projectMove(tx, input.actionId, input.move, rollbackUntil));
    return { rollbackUntil: (await getAction(db, input.actionId)).rollbackUntil };
  };
}

/** Writes decisions that were refused while no change of status carried them. */
export function createRecordRefusals({ db }: ActionDeps) {
  /** Safe to run twice: a refusal is one event, named by its decision. */
  return async function recordRefusals(input: {
    actionId: string;
    refusals: Refusal[];
  }): Promise<void> {
    await db.transaction().execute((tx) => appendRefusals(tx, input.actionId, input.refusals));
  };
}
