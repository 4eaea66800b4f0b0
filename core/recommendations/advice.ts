import type { Provider } from '../contracts/scalars.ts';
import type { RecommendationRow } from '../mcp/listRecommendations.ts';

/** A provider's recommendation as it is kept, with how long it has been given. */
export interface Advice {
  provider: Provider;
  connectionId: string;
  row: RecommendationRow;
  /** First day of the days in a row, one poll a day, on which it was given with the same target. UTC. */
  since: string;
  /** How many days those are. */
  days: number;
}
