import type { Candidate } from './candidate.ts';
import { openEpisode, scopeOf, type UseContext, type Window, windowsOf } from './useContext.ts';
import { cellsOf, seriesBy, type UseSeries } from './useSeries.ts';
import { DAY_MS, HOUR_MS, JUDGED_METERS, type JudgedMeter, type UseCell } from './useView.ts';

// Of five minutes, so that what was paid before does not water down what is paid now.
const WINDOWS = [5, 15, 60] as const;
const HABIT_MS = 7 * DAY_MS;
const ACTIVE_HOURS = 24;
// Prices are exact: one percent off the range of a week is another price.
const CHANGE = 0.01;
// Where the week's own prices differ by more, as with tiers that are priced by the request, a tenth is.
const MIXED_CHANGE = 0.1;
// Few units say little where prices are mixed.
const UNITS_PART = 0.05;
const GOING_ON = 0.5;

/**
 * Kinds of use of a model whose effective price has left the range of the last week, while model, service tier and context
 * window are the same; by what that comes to in a day.
 */
export function findPriceChanges(context: UseContext): Candidate[] {
  const byModel = seriesBy(context.view, ({ model }) => model);
  return [...byModel].flatMap(([model, series]) =>
    JUDGED_METERS.flatMap((meter) => {
      const change = judgeMeter(context, model, series, meter);
      return change === undefined ? [] : [change];
    }),
  );
}

function judgeMeter(
  context: UseContext,
  model: string,
  series: UseSeries,
  meter: JudgedMeter,
): Candidate | undefined {
  if (!series.recent.some(({ units }) => (units[meter] ?? 0) > 0)) return undefined;
  const known = openEpisode(
    context,
    'price_change',
    (scope) => scope.model === model && scope.meter === meter,
  );
  const tiers = [...seriesBy(series, ({ tier }) => tier)];
  for (const window of windowsOf(context, WINDOWS)) {
    const before = known?.startedAt ?? window.from;
    const changes = tiers.flatMap(([tier, own]) => {
      const change = judgeTier(context, own, meter, window, before);
      return change === undefined ? [] : [{ tier, series: own, ...change }];
    });
    const adayOf = ({ now, usual, aday }: (typeof changes)[number]) => (now - usual) * aday;
    const excessADay = changes.reduce((sum, change) => sum + adayOf(change), 0);
    const floor = context.floor * (known === undefined ? 1 : GOING_ON);
    const [main] = changes.sort((a, b) => Math.abs(adayOf(b)) - Math.abs(adayOf(a)));
    if (main === undefined || Math.abs(excessADay) < floor) continue;
    const forMillion = (price: number) => (price * 1e6).toPrecision(4);
    return {
      kind: 'price_change',
      scope: scopeOf({ model, meter }),
      startedAt: window.from,
      seenUntil: window.to,
      score: main.now / Math.max(main.usual, Number.MIN_VALUE),
      excessADay,
      says: `${meter} of ${model} costs ${forMillion(main.now)} USD a million, before ${forMillion(main.usual)}: ${Math.abs(excessADay).toFixed(2)} USD ${excessADay > 0 ? 'more' : 'less'} a day.`,
      measure: (from, to) => {
        let actual = 0;
        let expected = 0;
        for (const change of changes) {
          const { units, cost } = sumOf(
            cellsOf(change.series, from, to, context.recentFrom),
            meter,
          );
          actual += cost;
          expected += units * change.usual;
        }
        return { actual, expected, upper: expected };
      },
    };
  }
  return undefined;
}

/** USD a unit of now and before, and units a day; undefined where the price is what it was or nothing can be told. */
function judgeTier(
  context: UseContext,
  series: UseSeries,
  meter: JudgedMeter,
  { from, to }: Window,
  before: number,
): { now: number; usual: number; aday: number } | undefined {
  const current = sumOf(cellsOf(series, from, to, context.recentFrom), meter);
  const end = Math.floor(before / HOUR_MS) * HOUR_MS;
  const hours = pricedHours(
    series.hours.filter(({ at }) => at < end && at >= end - HABIT_MS),
    meter,
  );
  if (current.units === 0 || current.cost === 0 || hours.length < ACTIVE_HOURS) return undefined;
  const prices = hours.map(({ units, cost }) => cost / units).sort((a, b) => a - b);
  const [low, high] = [prices[0] ?? 0, prices.at(-1) ?? 0];
  const isMixed = high > low * (1 + CHANGE);
  const margin = isMixed ? MIXED_CHANGE : CHANGE;
  const now = current.cost / current.units;
  if (now <= high * (1 + margin) && now >= low * (1 - margin)) return undefined;
  const mean = hours.reduce((sum, { units }) => sum + units, 0) / hours.length;
  if (isMixed && current.units < UNITS_PART * mean) return undefined;
  const aday = sumOf(
    series.hours.filter(({ at }) => at >= to - DAY_MS),
    meter,
  ).units;
  return { now, usual: prices[Math.floor(prices.length / 2)] ?? 0, aday };
}

/** Units with a price, and what they cost. */
function sumOf(cells: readonly UseCell[], meter: JudgedMeter): { units: number; cost: number } {
  let units = 0;
  let cost = 0;
  for (const cell of cells) {
    // Units without a price have none that could have changed.
    const part = cell.parts[meter];
    if (part === undefined) continue;
    units += cell.units[meter] ?? 0;
    cost += part;
  }
  return { units, cost };
}

function pricedHours(
  cells: readonly UseCell[],
  meter: JudgedMeter,
): { units: number; cost: number }[] {
  const byHour = new Map<number, UseCell[]>();
  for (const cell of cells) {
    const hour = byHour.get(cell.at);
    if (hour === undefined) byHour.set(cell.at, [cell]);
    else hour.push(cell);
  }
  return [...byHour.values()]
    .map((hour) => sumOf(hour, meter))
    .filter(({ units, cost }) => units > 0 && cost > 0);
}
