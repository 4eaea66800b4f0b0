import { AnomalyCostsList, AnomalyListQuery } from '../../core/contracts/anomaly.ts';
import { listAnomalies } from '../../db/queries/anomalies/listAnomalies.ts';
import { readRecentCosts } from '../../db/queries/anomalies/readRecentCosts.ts';
import { defineRoute } from '../http/route.ts';

/** The last days of each finding of a page, for the small charts beside the list. */
export const listAnomalyCosts = defineRoute({
  method: 'get',
  path: '/api/v1/anomaly-costs',
  summary: 'List the cost of the last 30 days of each finding of a page',
  tag: 'Anomalies',
  access: { scope: 'anomalies:read' },
  query: AnomalyListQuery,
  replies: { 200: AnomalyCostsList },
  handle: async ({ query, db }) => {
    const { items } = await listAnomalies(db, query);
    const ids = items.map(({ id }) => id);
    return { status: 200, body: { items: await readRecentCosts(db, ids) } };
  },
});
