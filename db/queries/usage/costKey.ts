import { sql } from 'kysely';
import type { CostDimension } from '../../../core/contracts/usage.ts';

/** What a row of the daily rollup is grouped by, as `selectDailyCosts` names its tables; null where it has no value. */
export const COST_KEY = {
  provider: sql<string | null>`d.provider`,
  connection: sql<string | null>`d.connection_id::text`,
  account: sql<string | null>`nullif(d.sub_account_id, '')`,
  service: sql<string | null>`d.service_name`,
  region: sql<string | null>`nullif(d.region_id, '')`,
  // Only there where the filter has a tagKey.
  tag: sql<string | null>`d.tag_value`,
} satisfies Record<CostDimension, unknown>;
