import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Role } from '../../../core/contracts/access.ts';
import type { SignInKind } from '../../../core/contracts/identity.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { notFound } from '../../../core/notFound.ts';
import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';
import type { Database } from '../../connect.ts';
import { deleteSessions } from './deleteSessions.ts';

/** A person as the API shows them. */
export interface UserRow {
  id: string;
  username: string;
  role: Role;
  enabled: boolean;
  createdAt: string;
  signIn: SignInKind;
  /** Until when a one-time password that was not changed yet lets in. */
  oneTimeUntil: string | null;
  lastSignInAt: string | null;
}

const COLUMNS = [
  'id',
  'username',
  'role',
  'enabled',
  'created_at',
  'one_time_until',
  'last_sign_in_at',
  // Who has no password signs in through the identity provider.
  sql<boolean>`password_hash is null`.as('is_provided'),
] as const;

const fromRow = (row: {
  id: string;
  username: string;
  role: string;
  enabled: boolean;
  created_at: Date;
  one_time_until: Date | null;
  last_sign_in_at: Date | null;
  is_provided: boolean;
}): UserRow => ({
  id: row.id,
  username: row.username,
  role: row.role as Role,
  enabled: row.enabled,
  createdAt: row.created_at.toISOString(),
  signIn: row.is_provided ? 'oidc' : 'password',
  oneTimeUntil: row.one_time_until?.toISOString() ?? null,
  lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
});

/** A person to add. */
export interface NewUser {
  username: string;
  role: Role;
  /** null for somebody who signs in through the identity provider. */
  passwordHash: string | null;
  /** Until when the password lets in; it then has to be changed at the first sign-in. */
  oneTimeUntil?: Date | undefined;
}

/** Adds a person. @throws CostGuardError `name_taken` */
export async function insertUser(tx: Database, user: NewUser): Promise<UserRow> {
  const row = await tx
    .insertInto('users')
    .values({
      id: randomUUID(),
      username: user.username,
      role: user.role,
      password_hash: user.passwordHash,
      one_time_until: user.oneTimeUntil ?? null,
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

/** A person. @throws CostGuardError `user_not_found` */
export async function getUser(db: Database, id: string): Promise<UserRow> {
  const row = await db.selectFrom('users').select(COLUMNS).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('user_not_found');
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
  /** With `passwordHash`: until when it lets in; it then has to be changed at the next sign-in. */
  oneTimeUntil?: Date | undefined;
  /** The identity provider says so: it may change the role of its own people, also of the last admin. */
  byProvider?: boolean;
}

/**
 * Changes a person and ends their sessions, so that nothing outlives the change.
 *
 * @throws CostGuardError `user_not_found`; `forbidden` for the change that would leave no enabled admin;
 * `managed_by_provider` for role and password of somebody who signs in through the identity provider
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
  const before = await getUser(tx, id);
  assertOwnToChange(before, change);
  const row = await tx
    .updateTable('users')
    .set({
      role: change.role ?? before.role,
      enabled: change.enabled ?? before.enabled,
      ...(change.passwordHash === undefined
        ? {}
        : { password_hash: change.passwordHash, one_time_until: change.oneTimeUntil ?? null }),
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  if (change.byProvider !== true && before.role === 'admin' && before.enabled)
    await assertAdminLeft(tx);
  await deleteSessions(tx, { userId: id });
  // A browser that knew the old password is a stranger again.
  if (change.passwordHash !== undefined || change.enabled === false)
    await tx.deleteFrom('known_devices').where('user_id', '=', id).execute();
  return { before, after: fromRow(row) };
}

function assertOwnToChange(before: UserRow, change: UserChange): void {
  const isOwn = change.role === undefined || change.role === before.role;
  if (before.signIn === 'password' || change.byProvider === true) return;
  if (isOwn && change.passwordHash === undefined) return;
  throw new CostGuardError(
    'managed_by_provider',
    `${before.username} signs in through the identity provider; change role and password there.`,
  );
}

async function assertAdminLeft(tx: Database): Promise<void> {
  const admin = await tx
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('enabled', '=', true)
    .executeTakeFirst();
  if (admin !== undefined) return;
  throw new CostGuardError(
    'forbidden',
    'Make somebody else an admin first: at least one has to stay.',
  );
}
