import type { TeamName } from '../../db/queries/teams/listTeamsOf.ts';
import type { ViewerDatabase } from '../../db/viewers/connectViewers.ts';

/** What of the data a caller sees: all that the scopes allow, or only what the caller's teams were given. */
export interface View {
  /** The caller's teams by name; also of an admin, whom they do not limit. */
  teams: readonly TeamName[];
  /** The database as the caller sees it; null for who sees everything. */
  restricted: ViewerDatabase | null;
}
