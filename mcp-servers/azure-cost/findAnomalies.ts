import type { AnomalyRow } from '../../core/mcp/listProviderAnomalies.ts';
import type { Period } from '../../core/mcp/period.ts';
import { subtractMoney } from '../../core/money/money.ts';
import type { Answer } from '../kit/answerCache.ts';
import type { FoundList } from '../kit/costs/costSource.ts';
import type { ConnectionCall } from '../kit/costs/createAsk.ts';
import { overScopes } from './overScopes.ts';
import type { Alert } from './readAlerts.ts';
import type { Scope } from './scopes.ts';

const NOTE =
  'Azure mails its anomaly alerts and tells most of them nowhere else; of the alerts of Cost Management only those of anomalies with an amount are here, not those of budgets.';

/** Cost Management's alerts of anomalies that began in a period. */
export async function findAnomalies(
  scopes: readonly Scope[],
  period: Period,
  call: ConnectionCall,
  ask: (scope: Scope, call: ConnectionCall) => Promise<Answer<readonly Alert[]>>,
): Promise<FoundList<AnomalyRow>> {
  const { values, notes, ...found } = await overScopes(scopes, call, (scope) => ask(scope, call));
  const rows = values
    .flatMap(({ value }) => value.flatMap((alert) => toRow(alert) ?? []))
    .filter(({ start }) => start >= period.start && start < period.end);
  return { ...found, rows, notes: [...notes, NOTE] };
}

function toRow({ id, properties }: Alert): AnomalyRow | undefined {
  const { definition, details, description, creationTime, closeTime } = properties;
  const kind = `${definition?.type ?? ''} ${definition?.criteria ?? ''}`;
  const start = details?.periodStartDate ?? creationTime;
  const { amount, currentSpend, unit } = details ?? {};
  if (!/anomal/i.test(kind) || start == null || currentSpend == null || unit == null) {
    return undefined;
  }
  const expected = amount ?? null;
  return {
    AnomalyId: id,
    start,
    end: closeTime ?? null,
    subject: description ?? null,
    Impact: subtractMoney(
      { amount: currentSpend, currency: unit },
      { amount: expected ?? '0', currency: unit },
    ).amount,
    ActualCost: currentSpend,
    ExpectedCost: expected,
    BillingCurrency: unit,
    // An alert does not say what drives it.
    rootCauses: [],
  };
}
