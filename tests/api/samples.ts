import type { ActionPlan } from '../../core/contracts/action.ts';
import { planHash } from '../../core/actions/planHash.ts';
import type { Database } from '../../db/connect.ts';
import { insertConnection } from '../../db/queries/connections/insertConnection.ts';
import type { ActionStatus } from '../../core/contracts/action.ts';
import type { Provider } from '../../core/contracts/scalars.ts';

let count = 0;

/** Adds a connection; `actions` mode and AWS unless told. */
export async function addConnection(
  db: Database,
  given: { name?: string; provider?: Provider; mode?: 'read_only' | 'actions' } = {},
): Promise<string> {
  count += 1;
  const connection = await insertConnection(db, {
    provider: given.provider ?? 'aws',
    name: given.name ?? `connection ${String(count).padStart(4, '0')}`,
    mode: given.mode ?? 'actions',
    pollIntervalMinutes: 60,
  });
  return connection.id;
}

/** A valid report of a finding, with what differs. */
export function anomalyReport(
  connectionId: string,
  given: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    connectionId,
    subAccountId: '123456789012',
    serviceName: 'Amazon Elastic Compute Cloud - Compute',
    regionId: 'us-east-1',
    kind: 'spike',
    severity: 'high',
    startedOn: '2026-11-18',
    lastSeenOn: '2026-11-19',
    actual: '120.50',
    expected: '40.25',
    lower: '35',
    upper: '46.1',
    impact: '160.000000000000000001',
    currency: 'USD',
    score: 7.5,
    explanation: 'Costs were three times what was expected.',
    drivers: [
      {
        dimension: 'ResourceId',
        value: 'i-0123456789abcdef0',
        expected: '0.10',
        actual: '80.123456789012345678',
        share: 0.9,
      },
    ],
    ...given,
  };
}

/** A valid proposal, with what differs; each call names another instance. */
export function actionProposal(
  connectionId: string,
  given: Record<string, unknown> = {},
): Record<string, unknown> {
  count += 1;
  return {
    kind: 'resize_instance',
    connectionId,
    resourceId: `i-${count.toString(16).padStart(17, '0')}`,
    region: 'us-east-1',
    target: { instanceType: 'm5.large' },
    ...given,
  };
}

/** A plan as the action worker stores it. */
export const PLAN: ActionPlan = {
  kind: 'resize_instance',
  resource: {
    provider: 'aws',
    accountId: '123456789012',
    region: 'us-east-1',
    resourceId: 'i-0123456789abcdef0',
    resourceName: 'batch',
  },
  before: { instanceType: 'm5.xlarge', state: 'running' },
  after: { instanceType: 'm5.large', state: 'running' },
  calls: [
    {
      service: 'ec2',
      operation: 'StopInstances',
      parameters: { InstanceId: 'i-0123456789abcdef0' },
    },
  ],
  expectedMonthlySaving: { amount: '70.08', currency: 'USD' },
  savingBasis: 'What was paid for it in the last 30 days.',
  risks: ['The instance is down for a few minutes.'],
};

/** The hash that an approval of `PLAN` needs. */
export const PLAN_HASH = planHash(PLAN);

/** Brings a stored action into a state, with `PLAN` unless `plan` is null, without a workflow having run. */
export async function putActionInState(
  db: Database,
  id: string,
  given: { status?: ActionStatus; plan?: null; rollbackUntil?: Date; expiresAt?: Date },
): Promise<void> {
  await db
    .updateTable('actions')
    .set({
      status: given.status ?? 'proposed',
      ...(given.plan === null
        ? {}
        : {
            plan: JSON.stringify(PLAN),
            plan_hash: PLAN_HASH,
            expected_monthly_saving: '70.08',
            saving_currency: 'USD',
          }),
      ...(given.rollbackUntil && { rollback_until: given.rollbackUntil }),
      ...(given.expiresAt && { expires_at: given.expiresAt }),
    })
    .where('id', '=', id)
    .execute();
}
