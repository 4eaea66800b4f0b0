import type { Schemas } from '../../client/api';
import { PROVIDERS } from '../../format/words';

/** What a channel is sent, in a sentence. `connections` gives the names of connections by id. */
export function routeSummary(
  route: Schemas['NotificationRoute'],
  connections: ReadonlyMap<string, string>,
): string {
  const parts = [
    route.minSeverity === 'low' ? 'Findings' : `Findings of ${route.minSeverity} severity or more`,
    route.minImpact === undefined ? '' : `with an impact of ${route.minImpact} or more`,
    listed(
      'of',
      route.providers?.map((provider) => PROVIDERS[provider] ?? provider),
    ),
    listed(
      'in',
      route.connectionIds?.map((id) => connections.get(id) ?? 'a deleted connection'),
    ),
    listed('in account', route.accounts),
    listed('owned by', route.owners),
  ].filter((part) => part !== '');
  const others = [
    route.budgets ? 'budget warnings' : 'no budget warnings',
    route.approvals ? 'reminders of approvals' : '',
    route.escalations ? 'escalations' : '',
  ].filter((part) => part !== '');
  return `${parts.join(', ')}; ${others.join(', ')}.`;
}

const listed = (word: string, values: readonly string[] | undefined): string =>
  values === undefined ? '' : `${word} ${values.join(' or ')}`;
