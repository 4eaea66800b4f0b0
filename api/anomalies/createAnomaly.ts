import { Anomaly, AnomalyCreate } from '../../core/contracts/anomaly.ts';
import { saveAnomaly } from '../../db/queries/anomalies/saveAnomaly.ts';
import { notificationFromAnomaly } from '../../core/notifications/notificationFromAnomaly.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { enqueueNotifications } from '../../db/queries/notifications/enqueueNotifications.ts';
import { actorOf } from '../identity/actor.ts';
import { defineRoute } from '../http/route.ts';
import { touchesReport } from '../teams/touches.ts';

/** A detector reports a finding. */
export const createAnomaly = defineRoute({
  method: 'post',
  path: '/api/v1/anomalies',
  summary: 'Report a finding; the same episode of the same series is updated and answered with 200',
  tag: 'Anomalies',
  access: { scope: 'anomalies:write' },
  body: AnomalyCreate,
  reach: touchesReport,
  replies: { 200: Anomaly, 201: Anomaly },
  errors: ['connection_not_found'],
  handle: ({ body, db, principal }) =>
    db.transaction().execute(async (tx) => {
      const { anomaly, before, isNew } = await saveAnomaly(tx, body, principal.name);
      const news = notificationFromAnomaly(anomaly);
      if (news !== undefined) await enqueueNotifications(tx, news);
      await appendAudit(tx, {
        ...actorOf(principal),
        operation: isNew ? 'anomaly.create' : 'anomaly.update',
        subject: `anomaly:${anomaly.id}`,
        detail: {
          fingerprint: anomaly.fingerprint,
          before: before === undefined ? null : auditedAnomaly(before),
          after: auditedAnomaly(anomaly),
        },
      });
      return isNew ? { status: 201, body: anomaly } : { status: 200, body: anomaly };
    }),
});

/** What of a finding its entry keeps: what it says, without the texts and series that its id leads to. */
function auditedAnomaly(anomaly: Anomaly) {
  const { status, severity, startedOn, lastSeenOn, actual, expected, impact } = anomaly;
  return { status, severity, startedOn, lastSeenOn, actual, expected, impact };
}
