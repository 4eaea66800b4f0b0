import type { Anomaly } from '../../core/contracts/anomaly.ts';
import type { Database } from '../../db/connect.ts';
import { type AnomalyJudgement, judgeAnomaly } from '../../db/queries/anomalies/judgeAnomaly.ts';
import { appendAudit } from '../../db/queries/audit/appendAudit.ts';
import { actorOf } from '../identity/actor.ts';
import type { Principal } from '../identity/principal.ts';
import { getExistingAnomaly } from './getAnomaly.ts';

/** Stores a judgement with its audit row and returns the finding as it stands then. @throws `anomaly_not_found` */
export async function recordJudgement(
  db: Database,
  principal: Principal,
  judgement: Omit<AnomalyJudgement, 'givenBy'>,
): Promise<Anomaly> {
  const { anomalyId, ...said } = judgement;
  return db.transaction().execute(async (tx) => {
    const before = await judgeAnomaly(tx, { ...judgement, givenBy: principal.name });
    const { status: after, reason, ...verdict } = said;
    await appendAudit(tx, {
      ...actorOf(principal),
      operation: 'anomaly.judge',
      subject: `anomaly:${anomalyId}`,
      detail: { before, after, reason, ...withoutUndefined(verdict) },
    });
    return getExistingAnomaly(tx, anomalyId);
  });
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Partial<T>;
}
