import { Decimal } from 'decimal.js';
import type { NotificationRoute } from '../contracts/notification.ts';
import type { NotificationEvent } from './notificationEvent.ts';
import { severityRank } from './severityRank.ts';

/**
 * Whether a channel with this route is sent the event. A finding has to meet every limit. A budget or action that names no
 * provider, connection, account or owner covers all of them, so only a limit on another one keeps it away. A test is
 * always sent.
 */
export function matchesRoute(event: NotificationEvent, route: NotificationRoute): boolean {
  if (event.kind === 'test') return true;
  if (event.kind === 'budget' && !route.budgets) return false;
  if (event.kind === 'action' && !takesStage(event, route)) return false;
  if (severityRank(event.severity) < severityRank(route.minSeverity)) return false;
  if (!reachesImpact(event, route.minImpact)) return false;
  const isOpenEnded = event.kind !== 'anomaly';
  return (
    isWithin(route.providers, single(event.provider), isOpenEnded) &&
    isWithin(route.connectionIds, single(event.connectionId), isOpenEnded) &&
    isWithin(route.accounts, event.accounts ?? [], isOpenEnded) &&
    isWithin(route.owners, event.owners ?? [], isOpenEnded)
  );
}

function takesStage({ stage }: NotificationEvent, route: NotificationRoute): boolean {
  return stage === 'escalation' ? route.escalations : route.approvals;
}

// A drop of 100 is as much news as a rise of 100. Amounts of different currencies are not converted: the limit is in
// the currency of the finding.
function reachesImpact({ impact }: NotificationEvent, minImpact: string | undefined): boolean {
  if (minImpact === undefined || impact === undefined) return true;
  return new Decimal(impact.amount).abs().greaterThanOrEqualTo(minImpact);
}

function isWithin(
  allowed: readonly string[] | undefined,
  values: readonly string[],
  isOpenEnded: boolean,
): boolean {
  if (allowed === undefined) return true;
  if (values.length === 0) return isOpenEnded;
  return values.some((value) => allowed.includes(value));
}

const single = (value: string | undefined) => (value === undefined ? [] : [value]);
