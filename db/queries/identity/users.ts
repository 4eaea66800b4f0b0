import { randomUUID } from 'node:crypto';
import type { Role } from '../../../core/contracts/access.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { notFound } from '../../../core/notFound.ts';
import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';

/** A person as the API shows them. */
export interface UserRow {
  id: string;
  username: string;
  role: Role;
  enabled: boolean;
  createdAt: string;
}

const COLUMNS = ['id', 'username', 'role', 'enabled', 'created_at'] as const;

const fromRow = (row: {
  id: string;
  username: string;
  role: string;
  enabled: boolean;
  created_at: Date;
}): UserRow => ({
  id: row.id,
  username: row.username,
  role: row.role as Role,
  enabled: row.enabled,
  createdAt: row.created_at.toISOString(),
});

/** Adds a person. @throws CostGuardError `name_taken` */
export async function insertUser(
  tx: Database,
  user: { username: string; role: Role; passwordHash: string },
): Promise<UserRow> {
  const row = await tx
    .insertInto('users')
    .values({
      id: randomUUID(),
      username: user.username,
      role: user.role,
      password_hash: user.passwordHash,
    })
    .onConflict((oc) => oc.column('username').doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  if (row === undefined) {
    throw new CostGuardError('name_taken', 'Choose another name; a user already has this one.', {
      errors: [{ pointer: '/username', detail: 'is already in use' }],
    });
  }
  return fromRow(row);
}

/** A page of people, by name. */
export async function listUsers(
  db: Database,
  list: { limit: number; cursor?: string | undefined },
): Promise<{ items: UserRow[]; next_cursor: string | null }> {
  let query = db
    .selectFrom('users')
    .select(COLUMNS)
    .orderBy('username')
    .limit(list.limit + 1);
  if (list.cursor !== undefined)
    query = query.where('username', '>', decodeCursor(list.cursor, 1)[0] ?? '');
  const rows = (await query.execute()).map(fromRow);
  const items = rows.slice(0, list.limit);
  const last = items.at(-1);
  return {
    items,
    next_cursor: rows.length > items.length && last ? encodeCursor([last.username]) : null,
  };
}

/** What can be changed about a person. */
export interface UserChange {
  role?: Role | undefined;
  enabled?: boolean | undefined;
  passwordHash?: string | undefined;
}

/**
 * Changes a person and ends their sessions, so that nothing outlives the change.
 *
 * @throws CostGuardError `user_not_found`, or `forbidden` for the change that would leave no enabled admin
 */
export async function updateUser(
  tx: Database,
  id: string,
  change: UserChange,
): Promise<{ before: UserRow; after: UserRow }> {
  // Two admins who step down at once must see each other: all admins are held until the transaction ends.
  await tx
    .selectFrom('users')
    .select('id')
    .where((eb) => eb.or([eb('role', '=', 'admin'), eb('id', '=', id)]))
    .orderBy('id')
    .forUpdate()
    .execute();
  const before = await tx
    .selectFrom('users')
    .select(COLUMNS)
    .where('id', '=', id)
    .executeTakeFirst();
  if (before === undefined) throw notFound('user_not_found');
  const after = await tx
    .updateTable('users')
    .set({
      role: change.role ?? before.role,
      enabled: change.enabled ?? before.enabled,
      ...(change.passwordHash === undefined ? {} : { password_hash: change.passwordHash }),
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  const admin = await tx
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('enabled', '=', true)
    .executeTakeFirst();
  const wasAdmin = before.role === 'admin' && before.enabled;
  if (wasAdmin && admin === undefined)
    throw new CostGuardError(
      'forbidden',
      'Make somebody else an admin first: at least one has to stay.',
    );
  await tx.deleteFrom('sessions').where('user_id', '=', id).execute();
  return { before: fromRow(before), after: fromRow(after) };
}
