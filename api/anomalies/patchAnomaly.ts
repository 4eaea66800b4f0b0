import { Anomaly, AnomalyPatch } from '../../core/contracts/anomaly.ts';
import { IdParams } from '../../core/contracts/idParams.ts';
import { judgeAnomaly } from '../../db/queries/anomalies/judgeAnomaly.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { defineRoute } from '../http/route.ts';
import { actorOf } from '../identity/actor.ts';
import { getExistingAnomaly } from './getAnomaly.ts';

/** Somebody judges a finding: expected, planned, a false alarm, resolved, or open again. */
export const patchAnomaly = defineRoute({
  method: 'patch',
  path: '/api/v1/anomalies/{id}',
  summary: 'Set the status of a finding, with a reason',
  tag: 'Anomalies',
  access: { scope: 'anomalies:write' },
  params: IdParams,
  body: AnomalyPatch,
  replies: { 200: Anomaly },
  errors: ['anomaly_not_found'],
  handle: ({ params, body, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const before = await judgeAnomaly(tx, {
        anomalyId: params.id,
        status: body.status,
        reason: body.reason ?? null,
        givenBy: principal.name,
      });
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: 'anomaly.judge',
        subject: `anomaly:${params.id}`,
        detail: { before, after: body.status, reason: body.reason ?? null },
      });
      return { status: 200, body: await getExistingAnomaly(tx, params.id) };
    }),
});
