import { Anomaly } from '../../core/contracts/anomaly.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { notFound } from '../../core/notFound.ts';
import type { Database } from '../../db/connect.ts';
import { findAnomaly } from '../../db/queries/anomalies/findAnomaly.ts';
import { defineRoute } from '../http/route.ts';

/** One finding with its drivers. */
export const getAnomaly = defineRoute({
  method: 'get',
  path: '/api/v1/anomalies/{id}',
  summary: 'Get a finding with its drivers',
  tag: 'Anomalies',
  access: { scope: 'anomalies:read' },
  params: IdParams,
  replies: { 200: Anomaly },
  errors: ['anomaly_not_found'],
  handle: async ({ params, db }) => ({
    status: 200,
    body: await getExistingAnomaly(db, params.id),
  }),
});

/** The anomaly of an id. @throws CostGuardError `anomaly_not_found` */
export async function getExistingAnomaly(db: Database, id: string): Promise<Anomaly> {
  const anomaly = await findAnomaly(db, id);
  if (anomaly !== undefined) return anomaly;
  throw notFound('anomaly_not_found');
}
