import type { CostDimension, CostSeriesReply } from '../../core/contracts/usage.ts';
import { sumDecimals } from '../../core/money/money.ts';
import type { Database } from '../../db/connect.ts';
import { listConnections } from '../../db/queries/connections/listConnections.ts';
import type { CostPoint } from '../../db/queries/usage/readCostSeries.ts';

/** What the keys of a dimension are called. A map: a service may be called "constructor". */
export type Labels = ReadonlyMap<string, string>;

const PROVIDER_LABELS: Labels = new Map([
  ['aws', 'AWS'],
  ['gcp', 'Google Cloud'],
  ['azure', 'Azure'],
  ['openai', 'OpenAI'],
  ['anthropic', 'Anthropic'],
]);

/** What the keys of a dimension are called where they are not names themselves. */
export async function labelsOf(dimension: CostDimension, db: Database): Promise<Labels> {
  switch (dimension) {
    case 'provider':
      return PROVIDER_LABELS;
    case 'connection': {
      const { items } = await listConnections(db, { limit: 1000 });
      return new Map(items.map((connection) => [connection.id, connection.name]));
    }
    case 'account':
    case 'service':
    case 'region':
    case 'tag':
      return new Map();
  }
}

/** What a key is called; null is charges without a value. */
export const labelOf = (key: string | null, labels: Labels): string =>
  key === null ? 'Without a value' : (labels.get(key) ?? key);

/** The points of a series, sorted by group, as one entry for each group. */
export function toGroups(
  points: readonly CostPoint[],
  labels: Labels,
): Omit<CostSeriesReply['groups'][number], 'forecast'>[] {
  const groups: CostPoint[][] = [];
  let last: CostPoint | undefined;
  for (const point of points) {
    const isSame =
      last?.currency === point.currency &&
      last.isRemainder === point.isRemainder &&
      last.key === point.key;
    if (isSame) groups.at(-1)?.push(point);
    else groups.push([point]);
    last = point;
  }
  return groups.flatMap((series) => {
    const [first] = series;
    if (first === undefined) return [];
    const { key, isRemainder, currency } = first;
    return {
      key,
      label: isRemainder ? 'All others' : labelOf(key, labels),
      isRemainder,
      currency,
      total: sumDecimals(series.map((point) => point.cost)),
      points: series.map((point) => ({ date: point.date, cost: point.cost })),
    };
  });
}
