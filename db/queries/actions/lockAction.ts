import type { Selectable } from 'kysely';
import { CostGuardError } from '../../../core/errors.ts';
import type { Database } from '../../connect.ts';
import type { Actions } from '../../schema.gen.ts';

/** Reads an action and keeps others from changing it until the transaction ends. @throws CostGuardError `action_not_found` */
export async function lockAction(tx: Database, id: string): Promise<Selectable<Actions>> {
  const row = await tx
    .selectFrom('actions')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new CostGuardError('action_not_found', 'The action was deleted.');
}
