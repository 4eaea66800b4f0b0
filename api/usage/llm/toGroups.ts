import type { LlmMeasures } from '../../../core/contracts/llmUsage.ts';
import { measureUse, type RequestUse } from '../../../core/llm/spend/measureUse.ts';
import { type SpendPoint, tokensOf } from '../../../core/llm/spend/spendPoint.ts';
import { sumDecimals } from '../../../core/money/money.ts';
import type { LabelOf } from './readLabels.ts';

/** The answered groups in the order of `points`; `id` is the key as it is stored, null for the remainder. */
export function toGroups(points: readonly SpendPoint[], labelOf: LabelOf) {
  const groups = new Map<string | null, SpendPoint[]>();
  for (const point of points) {
    const own = groups.get(point.key) ?? [];
    own.push(point);
    groups.set(point.key, own);
  }
  return [...groups].map(([id, own]) => ({
    id,
    // What the source does not tell is stored as ''.
    key: id === '' ? null : id,
    label: id === null ? 'All others' : labelOf(id),
    isRemainder: id === null,
    ...measurePoints(own),
    points: own.map((point) => ({
      at: point.at,
      cost: point.cost,
      tokens: tokensOf(point),
      requests: point.requests,
    })),
  }));
}

/** What points amount to together. */
export const measurePoints = (points: readonly SpendPoint[]): LlmMeasures =>
  measureUse(
    points.flatMap(({ meters }) => meters),
    countRequests(points),
  );

function countRequests(points: readonly SpendPoint[]): RequestUse {
  const counted = points.flatMap(({ requests }) => (requests === null ? [] : [requests]));
  return {
    requests: counted.length === 0 ? null : sumDecimals(counted),
    pricedRequests: sumDecimals(points.map((point) => point.pricedRequests)),
    requestCost: sumDecimals(points.map((point) => point.requestCost)),
  };
}
