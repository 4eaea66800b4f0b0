import { HOUR_MS, type JudgedMeter, type UseCell, type UseView } from './useView.ts';

/** The cells of one key, project or model, by the hour and by five minutes. */
export interface UseSeries {
  hours: UseCell[];
  recent: UseCell[];
}

/** Splits a view into series by a name of each cell. */
export function seriesBy(
  view: Pick<UseView, 'hours' | 'recent'>,
  nameOf: (cell: UseCell) => string,
): Map<string, UseSeries> {
  const all = new Map<string, UseSeries>();
  const put = (cell: UseCell, list: keyof UseSeries) => {
    const name = nameOf(cell);
    let series = all.get(name);
    if (series === undefined) {
      series = { hours: [], recent: [] };
      all.set(name, series);
    }
    series[list].push(cell);
  };
  for (const cell of view.hours) put(cell, 'hours');
  for (const cell of view.recent) put(cell, 'recent');
  return all;
}

/** What a series is called whose key may be unknown: then its project stands for it. */
export const keyName = (cell: Pick<UseCell, 'apiKeyId' | 'projectId'>): string =>
  cell.apiKeyId === '' ? `project ${cell.projectId}` : `key ${cell.apiKeyId}`;

/**
 * The cells of a period: by the minute where they are told so, by the hour before.
 * `recentFrom` is the start of the first hour that is told by the minute.
 */
export function cellsOf(
  series: UseSeries,
  from: number,
  to: number,
  recentFrom: number,
): UseCell[] {
  const old = Math.floor(from / HOUR_MS) * HOUR_MS;
  return [
    ...(from < recentFrom
      ? series.hours.filter(({ at }) => at >= old && at < Math.min(to, recentFrom))
      : []),
    ...series.recent.filter(({ at }) => at >= Math.max(from, recentFrom) && at < to),
  ];
}

/** Cost of cells, USD. */
export const costOf = (cells: readonly UseCell[]): number =>
  cells.reduce((sum, { cost }) => sum + cost, 0);

/** All tokens of cells. */
export const tokensOf = (cells: readonly UseCell[]): number =>
  cells.reduce((sum, cell) => sum + tokensIn(cell), 0);

/** All tokens of a cell; a web search is none. */
export function tokensIn({ units }: Pick<UseCell, 'units'>): number {
  let sum = 0;
  for (const [meter, count] of Object.entries(units)) if (meter !== 'web_search') sum += count;
  return sum;
}

/** Units and USD of some kinds of use, summed. */
export function sumMeters(
  cells: readonly UseCell[],
  meters: readonly JudgedMeter[],
): Record<string, { units: number; cost: number }> {
  return Object.fromEntries(
    meters.map((meter) => [
      meter,
      {
        units: cells.reduce((sum, cell) => sum + (cell.units[meter] ?? 0), 0),
        cost: cells.reduce((sum, cell) => sum + (cell.parts[meter] ?? 0), 0),
      },
    ]),
  );
}
