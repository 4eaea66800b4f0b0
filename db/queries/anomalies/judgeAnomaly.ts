import { randomUUID } from 'node:crypto';
import type { AnomalyStatus } from '../../../core/contracts/anomaly.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';

/** A person's (or service's) judgement of a finding. */
export interface AnomalyJudgement {
  anomalyId: string;
  status: AnomalyStatus;
  reason: string | null;
  givenBy: string;
}

/** Sets the status and keeps the judgement as feedback; returns the status before. @throws `anomaly_not_found` */
export async function judgeAnomaly(tx: Database, judgement: AnomalyJudgement): Promise<string> {
  const before = await tx
    .selectFrom('anomalies')
    .select('status')
    .where('id', '=', judgement.anomalyId)
    .forUpdate()
    .executeTakeFirst();
  if (before === undefined) throw notFound('anomaly_not_found');
  await tx
    .updateTable('anomalies')
    .set({ status: judgement.status, status_reason: judgement.reason, updated_at: new Date() })
    .where('id', '=', judgement.anomalyId)
    .execute();
  await tx
    .insertInto('anomaly_feedback')
    .values({
      id: randomUUID(),
      anomaly_id: judgement.anomalyId,
      status: judgement.status,
      reason: judgement.reason,
      given_by: judgement.givenBy,
    })
    .execute();
  return before.status;
}
