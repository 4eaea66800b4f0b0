import { Anomaly, AnomalyFeedbackCreate, VERDICT_STATUS } from '../../core/contracts/anomaly.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { defineRoute } from '../http/route.ts';
import { recordJudgement } from './recordJudgement.ts';
import { touchesItsId } from '../teams/touches.ts';

/** What somebody says of a finding, for the detector to learn from. */
export const createFeedback = defineRoute({
  method: 'post',
  path: '/api/v1/anomalies/{id}/feedback',
  summary: 'Say whether a finding is real, a false alarm, expected or planned',
  tag: 'Anomalies',
  access: { scope: 'anomalies:write' },
  params: IdParams,
  body: AnomalyFeedbackCreate,
  reach: touchesItsId('anomaly'),
  replies: { 201: Anomaly },
  errors: ['anomaly_not_found'],
  handle: async ({ params, body, db, principal }) => {
    const anomaly = await recordJudgement(db, principal, {
      anomalyId: params.id,
      status: VERDICT_STATUS[body.verdict],
      reason: body.reason ?? null,
      verdict: body.verdict,
      appliesTo: body.appliesTo,
      until: body.until,
    });
    return { status: 201, body: anomaly };
  },
});
