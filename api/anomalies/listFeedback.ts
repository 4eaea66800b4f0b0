import { AnomalyFeedbackList } from '../../core/contracts/anomaly.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { listFeedback as readFeedback } from '../../db/queries/anomalies/listFeedback.ts';
import { defineRoute } from '../http/route.ts';
import { getExistingAnomaly } from './getAnomaly.ts';

/** Who said what of a finding. */
export const listFeedback = defineRoute({
  method: 'get',
  path: '/api/v1/anomalies/{id}/feedback',
  summary: 'List what was said of a finding, newest first',
  tag: 'Anomalies',
  access: { scope: 'anomalies:read' },
  params: IdParams,
  replies: { 200: AnomalyFeedbackList },
  errors: ['anomaly_not_found'],
  handle: async ({ params, db }) => {
    const { id } = await getExistingAnomaly(db, params.id);
    return { status: 200, body: { items: await readFeedback(db, id) } };
  },
});
