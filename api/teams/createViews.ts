import type { Env } from '../../core/config/env.ts';
import type { Database } from '../../db/connect.ts';
import { listTeamsOf, type TeamName } from '../../db/queries/teams/listTeamsOf.ts';
import type { Viewers } from '../../db/viewers/connectViewers.ts';
import type { Principal } from '../identity/principal.ts';
import type { ChangeFeed } from '../system/changeFeed.ts';
import type { View } from './view.ts';

/** Finds out what of the data a caller sees. */
export interface Views {
  viewOf: (principal: Pick<Principal, 'kind' | 'id' | 'role'>) => Promise<View>;
  /** Whether a service account is limited to teams. */
  isRestricted: (serviceAccountId: string) => Promise<boolean>;
}

const KEPT_MS = 2_000;
const KEPT_MAX = 10_000;

/**
 * Who is in which team is kept for 2 seconds at most, and forgotten at once when a team changes. What a team is given is
 * not kept at all: the database's policies look it up for each statement.
 */
export function createViews(options: {
  env: Pick<Env, 'TEAMS_REQUIRED'>;
  db: Database;
  viewers: Viewers;
  changes: ChangeFeed;
}): Views {
  const { env, db, viewers, changes } = options;
  const kept = new Map<string, { until: number; teams: Promise<TeamName[]> }>();
  changes.listen({
    onChange: ({ entity }) => {
      if (entity === 'team') kept.clear();
    },
    onGap: () => kept.clear(),
    onEnd: () => undefined,
  });

  const teamsOf = async (id: string): Promise<TeamName[]> => {
    const found = kept.get(id);
    if (found !== undefined && found.until > performance.now()) return found.teams;
    if (kept.size >= KEPT_MAX) kept.clear();
    const teams = listTeamsOf(db, id);
    kept.set(id, { until: performance.now() + KEPT_MS, teams });
    // A failed look-up must be tried again, not told again.
    teams.catch(() => kept.delete(id));
    return teams;
  };

  return {
    viewOf: async ({ kind, id, role }) => {
      const teams = await teamsOf(id);
      const isLimited = teams.length > 0 || (kind === 'user' && env.TEAMS_REQUIRED);
      return { teams, restricted: role !== 'admin' && isLimited ? viewers.as(id) : null };
    },
    isRestricted: async (id) => (await teamsOf(id)).length > 0,
  };
}
