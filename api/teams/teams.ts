import { IdParams } from '../../core/contracts/idParams.ts';
import {
  Team,
  TeamCreate,
  TeamListQuery,
  TeamNamePage,
  TeamPage,
  TeamPatch,
} from '../../core/contracts/team.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { getTeam as readTeam } from '../../db/queries/teams/getTeam.ts';
import { listTeamNames as readNames } from '../../db/queries/teams/listTeamNames.ts';
import { listTeams as readPage } from '../../db/queries/teams/listTeams.ts';
import {
  deleteTeam as removeTeam,
  insertTeam,
  updateTeam,
} from '../../db/queries/teams/saveTeam.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';

/** A page of teams, by name. */
export const listTeams = defineRoute({
  method: 'get',
  path: '/api/v1/teams',
  summary: 'List teams with their members and what they see',
  tag: 'Identity',
  access: { scope: 'users:read' },
  query: TeamListQuery,
  replies: { 200: TeamPage },
  handle: async ({ query, db }) => ({ status: 200, body: await readPage(db, query) }),
});

/** A page of the names of the teams that a budget can be for: of all, or for who sees a part only the own. */
export const listTeamNames = defineRoute({
  method: 'get',
  path: '/api/v1/team-names',
  summary: 'List the teams that a budget can be for',
  tag: 'Budgets',
  access: { scope: 'budgets:read' },
  query: TeamListQuery,
  reach: 'own',
  replies: { 200: TeamNamePage },
  handle: async ({ query, db, view }) => ({
    status: 200,
    body: await readNames(db, {
      ...query,
      among: view.restricted === null ? undefined : view.teams.map(({ id }) => id),
    }),
  }),
});

/** One team. */
export const getTeam = defineRoute({
  method: 'get',
  path: '/api/v1/teams/{id}',
  summary: 'Get a team with its members and what it sees',
  tag: 'Identity',
  access: { scope: 'users:read' },
  params: IdParams,
  replies: { 200: Team },
  errors: ['team_not_found'],
  handle: async ({ params, db }) => ({ status: 200, body: await readTeam(db, params.id) }),
});

/** Adds a team; whoever is in it sees from now on only what it, and their other teams, were given. */
export const createTeam = defineRoute({
  method: 'post',
  path: '/api/v1/teams',
  summary: 'Add a team; its members see only what their teams were given',
  tag: 'Identity',
  access: { scope: 'users:write' },
  body: TeamCreate,
  replies: { 201: Team },
  errors: ['name_taken'],
  handle: ({ body, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const team = await insertTeam(tx, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'team.create',
        subject: `team:${team.id}`,
        detail: { before: null, after: audited(team) },
      });
      return { status: 201, body: team };
    }),
});

/** Changes a team; it acts on the next request of each member. */
export const patchTeam = defineRoute({
  method: 'patch',
  path: '/api/v1/teams/{id}',
  summary: 'Change a team; a list that is named replaces the one before',
  tag: 'Identity',
  access: { scope: 'users:write' },
  params: IdParams,
  body: TeamPatch,
  replies: { 200: Team },
  errors: ['team_not_found', 'name_taken'],
  handle: ({ params, body, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const { before, after } = await updateTeam(tx, params.id, body);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'team.change',
        subject: `team:${params.id}`,
        detail: { before: audited(before), after: audited(after) },
      });
      return { status: 200, body: after };
    }),
});

/** Deletes a team; who was in no other one sees what the role allows, or nothing where teams are required. */
export const deleteTeam = defineRoute({
  method: 'delete',
  path: '/api/v1/teams/{id}',
  summary: 'Delete a team and its budgets',
  tag: 'Identity',
  access: { scope: 'users:write' },
  params: IdParams,
  replies: { 204: null },
  errors: ['team_not_found'],
  handle: ({ params, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const { team, budgets } = await removeTeam(tx, params.id);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'team.delete',
        subject: `team:${params.id}`,
        detail: { before: { ...audited(team), budgets }, after: null },
      });
      return { status: 204, body: undefined };
    }),
});

const audited = ({ name, members, grants }: Team) => ({ name, members, grants });
