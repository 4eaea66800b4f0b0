import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';
import type { StoredAction } from './actionRow.ts';
import { findAction } from './findAction.ts';

/** One action. @throws CostGuardError `action_not_found` */
export async function getAction(db: Database, id: string): Promise<StoredAction> {
  const action = await findAction(db, id);
  if (action !== undefined) return action;
  throw new CostGuardError('action_not_found', 'Check the id; the list of actions has them.');
}
