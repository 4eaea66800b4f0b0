import { randomUUID } from 'node:crypto';
import type { AnomalyFeedback, AnomalyStatus } from '../../../core/contracts/anomaly.ts';
import { notFound } from '../../../core/notFound.ts';
import type { Database } from '../../connect.ts';

/** A person's (or service's) judgement of a finding. */
export interface AnomalyJudgement {
  anomalyId: string;
  status: AnomalyStatus;
  reason: string | null;
  givenBy: string;
  /** What the detector learns from it; a bare change of status teaches nothing. */
  verdict?: NonNullable<AnomalyFeedback['verdict']>;
  appliesTo?: NonNullable<AnomalyFeedback['appliesTo']>;
  until?: string | undefined;
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
    .set({
      status: judgement.status,
      status_reason: judgement.reason,
      // Opened again it is the detector's once more.
      status_by: judgement.status === 'open' ? null : judgement.givenBy,
      updated_at: new Date(),
    })
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
      verdict: judgement.verdict ?? null,
      applies_to: judgement.appliesTo ?? null,
      until: judgement.until ?? null,
    })
    .execute();
  return before.status;
}
