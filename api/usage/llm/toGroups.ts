import { measureUse, type RequestUse } from '../../../core/llm/spend/measureUse.ts';
import { sumDecimals } from '../../../core/money/money.ts';
import type { GroupMeterUse } from '../../../db/queries/llm/spend/readMeterUse.ts';
import type { SpendPoint } from '../../../db/queries/llm/spend/readSpendSeries.ts';
import type { LabelOf } from './readLabels.ts';

/** The answered groups in the order of `points`; `id` is the key as it is stored, null for the remainder. */
export function toGroups(
  points: readonly SpendPoint[],
  meters: readonly GroupMeterUse[],
  labelOf: LabelOf,
) {
  const groups = new Map<string | null, SpendPoint[]>();
  for (const point of points) groups.set(point.key, [...(groups.get(point.key) ?? []), point]);
  return [...groups].map(([id, own]) => ({
    id,
    // What the source does not tell is stored as ''.
    key: id === '' ? null : id,
    label: id === null ? 'All others' : labelOf(id),
    isRemainder: id === null,
    ...measureUse(
      meters.filter(({ key }) => key === id),
      countRequests(own),
    ),
    points: own.map(({ at, cost, tokens, requests }) => ({ at, cost, tokens, requests })),
  }));
}

/** The requests of some points; null where none of them counts any. */
export function countRequests(points: readonly SpendPoint[]): RequestUse {
  const counted = points.flatMap(({ requests }) => (requests === null ? [] : [requests]));
  return {
    requests: counted.length === 0 ? null : sumDecimals(counted),
    pricedRequests: sumDecimals(points.map((point) => point.pricedRequests)),
    requestCost: sumDecimals(points.map((point) => point.requestCost)),
  };
}
