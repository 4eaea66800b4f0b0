import type { FilterName, View } from './view';

// What is asked next of one group: who or what in it costs.
const NEXT: Record<View['groupBy'], View['groupBy'][]> = {
  provider: ['service', 'account', 'region'],
  connection: ['service', 'account', 'region'],
  account: ['service', 'region'],
  service: ['account', 'region'],
  region: ['service', 'account'],
  tag: ['service', 'account', 'region'],
};

/** The filter that a group of a dimension is. */
export const FILTER_OF: Record<View['groupBy'], FilterName> = {
  provider: 'provider',
  connection: 'connectionId',
  account: 'account',
  service: 'service',
  region: 'region',
  tag: 'tag',
};

/**
 * The changes of the address that show what is inside a group: its costs alone, by the next dimension that is not narrowed
 * yet. Undefined where there is nothing inside to show: charges without a value, and all others.
 */
export function drillInto(
  view: Pick<View, 'groupBy' | 'filter'>,
  group: { key: string | null; isRemainder: boolean },
): Record<string, string> | undefined {
  if (group.key === null || group.isRemainder) return undefined;
  const filter = FILTER_OF[view.groupBy];
  if (view.filter[filter] === group.key) return undefined;
  const next = NEXT[view.groupBy].find((name) => view.filter[FILTER_OF[name]] === undefined);
  return { [filter]: group.key, ...(next === undefined ? {} : { group_by: next }) };
}
