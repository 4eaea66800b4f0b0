import type { RecommendationRow } from '../../core/mcp/listRecommendations.ts';
import type { Answer } from '../kit/answerCache.ts';
import type { FoundList } from '../kit/costs/costSource.ts';
import type { ConnectionCall } from '../kit/costs/createAsk.ts';
import { overScopes } from './overScopes.ts';
import type { Advice } from './readAdvice.ts';
import type { Scope } from './scopes.ts';
import { toRecommendation } from './toRecommendation.ts';

/**
 * What Advisor recommends to save, subscription by subscription, for it knows no other scopes.
 *
 * @param subscriptions those of the scopes; of a resource group only what lies in it
 */
export async function findRecommendations(
  subscriptions: readonly Scope[],
  call: ConnectionCall,
  ask: (subscriptionId: string, call: ConnectionCall) => Promise<Answer<readonly Advice[]>>,
): Promise<FoundList<RecommendationRow>> {
  const { values, notes, ...found } = await overScopes(subscriptions, call, (scope) =>
    ask(scope.subscriptionId ?? '', call),
  );
  let withoutSaving = 0;
  const rows = values.flatMap(({ scope, value }) =>
    value
      .filter(({ id, properties }) => liesIn(properties.resourceMetadata.resourceId ?? id, scope))
      .flatMap((advice) => {
        const row = toRecommendation(advice, scope.subscriptionId ?? '');
        if (!row) withoutSaving += 1;
        return row ?? [];
      }),
  );
  const left =
    withoutSaving === 0
      ? []
      : [`Advisor names no saving for ${withoutSaving} further recommendations.`];
  return { ...found, rows, notes: [...notes, ...left] };
}

function liesIn(id: string, { resourceGroup, subscriptionId = '' }: Scope): boolean {
  if (resourceGroup === undefined) return true;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/`.toLowerCase();
  return id.toLowerCase().startsWith(group);
}
