import { Anomaly, AnomalyPatch, type AnomalyStatus } from '../../core/contracts/anomaly.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import type { AnomalyJudgement } from '../../db/queries/anomalies/judgeAnomaly.ts';
import { defineRoute } from '../http/route.ts';
import { recordJudgement } from './recordJudgement.ts';
import { touchesItsId } from '../teams/touches.ts';

/** Somebody judges a finding: expected, planned, a false alarm, resolved, or open again. */
export const patchAnomaly = defineRoute({
  method: 'patch',
  path: '/api/v1/anomalies/{id}',
  summary: 'Set the status of a finding, with a reason',
  tag: 'Anomalies',
  access: { scope: 'anomalies:write' },
  params: IdParams,
  body: AnomalyPatch,
  reach: touchesItsId('anomaly'),
  replies: { 200: Anomaly },
  errors: ['anomaly_not_found'],
  handle: async ({ params, body, db, principal }) => {
    const anomaly = await recordJudgement(db, principal, {
      anomalyId: params.id,
      status: body.status,
      reason: body.reason ?? null,
      ...VERDICTS[body.status],
    });
    return { status: 200, body: anomaly };
  },
});

/** What a status says to the detector: that a finding is over teaches nothing, and opened again the verdict is gone. */
const VERDICTS: Record<AnomalyStatus, Pick<AnomalyJudgement, 'verdict' | 'appliesTo'>> = {
  open: {},
  resolved: {},
  expected: { verdict: 'expected', appliesTo: 'once' },
  planned: { verdict: 'planned', appliesTo: 'once' },
  false_alarm: { verdict: 'false_alarm', appliesTo: 'once' },
};
