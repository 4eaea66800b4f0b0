import { AnomalyListQuery, AnomalyPage } from '../../core/contracts/anomaly.ts';
import { listAnomalies as readPage } from '../../db/queries/anomalies/listAnomalies.ts';
import { defineRoute } from '../http/route.ts';

/** A page of findings, newest first. */
export const listAnomalies = defineRoute({
  method: 'get',
  path: '/api/v1/anomalies',
  summary: 'List findings, newest first',
  tag: 'Anomalies',
  access: { scope: 'anomalies:read' },
  query: AnomalyListQuery,
  replies: { 200: AnomalyPage },
  handle: async ({ query, db }) => ({ status: 200, body: await readPage(db, query) }),
});
