import type { Move } from '../../core/actions/move.ts';
import type { Database } from '../../db/connect.ts';
import { appendRefusals } from '../../db/queries/actions/appendRefusals.ts';
import { applyTransition, PLATFORM } from '../../db/queries/actions/applyTransition.ts';

/** Writes a move that the platform made by itself, in the caller's transaction; a second time it changes nothing. */
export async function projectMove(
  tx: Database,
  actionId: string,
  move: Move | undefined,
  rollbackUntil?: Date,
): Promise<void> {
  if (move === undefined) return;
  const { status, version, summary, failure } = move;
  await applyTransition(tx, {
    actionId,
    status,
    version,
    summary,
    failure,
    rollbackUntil,
    actor: PLATFORM,
  });
  await appendRefusals(tx, actionId, move.refusals);
}
