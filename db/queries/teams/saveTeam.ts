import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type {
  Team,
  TeamCreate,
  TeamGrant,
  TeamMemberRef,
  TeamPatch,
} from '../../../core/contracts/team.ts';
import { CostGuardError, type FieldError } from '../../../core/errors.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';
import { getTeam } from './getTeam.ts';

/**
 * Adds a team.
 *
 * @throws CostGuardError `name_taken`, or `invalid_request` that points to each member or connection that does not exist
 */
export async function insertTeam(tx: Database, team: TeamCreate): Promise<Team> {
  const id = randomUUID();
  const added = await tx
    .insertInto('teams')
    .values({ id, name: team.name })
    .onConflict((oc) => oc.column('name').doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows !== 1n) throw nameTaken();
  await replaceParts(tx, id, team);
  return getTeam(tx, id);
}

/**
 * Changes what is named; a list that is named replaces the one before.
 *
 * @throws CostGuardError `team_not_found`, `name_taken`, or `invalid_request` as {@link insertTeam} does
 */
export async function updateTeam(
  tx: Database,
  id: string,
  change: TeamPatch,
): Promise<{ before: Team; after: Team }> {
  await tx.selectFrom('teams').select('id').where('id', '=', id).forUpdate().execute();
  const before = await getTeam(tx, id);
  const name = change.name ?? before.name;
  const namesake = await tx
    .selectFrom('teams')
    .select('id')
    .where('name', '=', name)
    .where('id', '<>', id)
    .executeTakeFirst();
  if (namesake !== undefined) throw nameTaken();
  await tx
    .updateTable('teams')
    .set({ name, updated_at: new Date() })
    .where('id', '=', id)
    .execute();
  await replaceParts(tx, id, change);
  return { before, after: await getTeam(tx, id) };
}

/** Deletes a team with its budgets and returns what it was, and their names. @throws CostGuardError `team_not_found` */
export async function deleteTeam(
  tx: Database,
  id: string,
): Promise<{ team: Team; budgets: string[] }> {
  await tx.selectFrom('teams').select('id').where('id', '=', id).forUpdate().execute();
  const team = await getTeam(tx, id);
  const budgets = await tx
    .selectFrom('budgets')
    .select('name')
    .where('team_id', '=', id)
    .orderBy('name')
    .execute();
  const gone = await tx.deleteFrom('teams').where('id', '=', id).executeTakeFirst();
  if (gone.numDeletedRows !== 1n) throw notFound('team_not_found');
  return { team, budgets: budgets.map(({ name }) => name) };
}

async function replaceParts(
  tx: Database,
  teamId: string,
  { members, grants }: { members?: TeamMemberRef[] | undefined; grants?: TeamGrant[] | undefined },
): Promise<void> {
  const wrong = [
    ...(members === undefined ? [] : await findMissingMembers(tx, members)),
    ...(grants === undefined ? [] : await findMissingConnections(tx, grants)),
  ];
  if (wrong.length > 0) {
    throw new CostGuardError(
      'invalid_request',
      'Correct the fields named in errors and send the request again.',
      { errors: wrong },
    );
  }
  if (members !== undefined) await replaceMembers(tx, teamId, members);
  if (grants !== undefined) await replaceGrants(tx, teamId, grants);
}

async function replaceMembers(tx: Database, teamId: string, members: TeamMemberRef[]) {
  await tx.deleteFrom('team_members').where('team_id', '=', teamId).execute();
  if (members.length === 0) return;
  const rows = members.map(({ kind, id }) => ({
    team_id: teamId,
    user_id: kind === 'user' ? id : null,
    service_account_id: kind === 'service' ? id : null,
  }));
  await tx.insertInto('team_members').values(rows).execute();
}

async function replaceGrants(tx: Database, teamId: string, grants: TeamGrant[]) {
  await tx.deleteFrom('team_grants').where('team_id', '=', teamId).execute();
  if (grants.length === 0) return;
  const rows = grants.map(({ connectionId, account, owner }) => ({
    team_id: teamId,
    connection_id: connectionId,
    sub_account_id: account ?? null,
    owner: owner ?? null,
  }));
  await tx.insertInto('team_grants').values(rows).execute();
}

// What is found is held until the transaction ends, so that a member deleted meanwhile is no error of the database.
async function findMissingMembers(tx: Database, members: TeamMemberRef[]): Promise<FieldError[]> {
  const known = new Set<string>();
  for (const [kind, table] of [
    ['user', 'users'],
    ['service', 'service_accounts'],
  ] as const) {
    const ids = members.filter((member) => member.kind === kind).map(({ id }) => id);
    const rows = await tx
      .selectFrom(table)
      .select('id')
      .where('id', '=', sql<string>`any(${ids}::uuid[])`)
      .forKeyShare()
      .execute();
    for (const { id } of rows) known.add(`${kind} ${id}`);
  }
  return members.flatMap(({ kind, id }, at) =>
    known.has(`${kind} ${id}`)
      ? []
      : [
          {
            pointer: `/members/${at}/id`,
            detail: `names no ${kind === 'user' ? 'person' : 'service account'}`,
          },
        ],
  );
}

async function findMissingConnections(tx: Database, grants: TeamGrant[]): Promise<FieldError[]> {
  const ids = grants.map(({ connectionId }) => connectionId);
  const found = await sql<{ id: string }>`
    select id from connections where id = any(${ids}::uuid[]) for key share`.execute(tx);
  const known = new Set(found.rows.map(({ id }) => id));
  return ids.flatMap((id, at) =>
    known.has(id) ? [] : [{ pointer: `/grants/${at}/connectionId`, detail: 'names no connection' }],
  );
}

function nameTaken(): CostGuardError {
  return new CostGuardError('name_taken', 'Choose another name; a team already has this one.', {
    errors: [{ pointer: '/name', detail: 'is already in use' }],
  });
}
