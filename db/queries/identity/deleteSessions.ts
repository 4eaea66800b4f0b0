import type { Database } from '../../connect.ts';

/** Which sessions of a person. */
export interface SessionChoice {
  userId: string;
  /** All but this one. */
  except?: string | undefined;
}

/** Ends sessions of a person; returns how many there were. */
export async function deleteSessions(
  db: Database,
  { userId, except }: SessionChoice,
): Promise<number> {
  let query = db.deleteFrom('sessions').where('user_id', '=', userId);
  if (except !== undefined) query = query.where('id', '<>', except);
  const { numDeletedRows } = await query.executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
