import type { Schemas } from '../../client/api';
import { addDays, today } from '../../format/time';

/** What the overview shows, as it stands in the address so that a view can be shared. */
export interface View {
  from: string;
  /** Excluded. */
  to: string;
  /** The choice that the period comes from; null for days that were set by hand. */
  preset: Preset | null;
  groupBy: Schemas['CostDimension'];
  /** Name of the tag that is grouped or filtered by; null where none was chosen yet. */
  tagKey: string | null;
  compare: Compare;
  /** Costs of one value each, as the API names the fields. */
  filter: Filter;
}

/** What costs can be narrowed to. */
export type Filter = Partial<Record<FilterName, string>>;

/** A field that costs can be narrowed by. */
export type FilterName = (typeof FILTERS)[number];

/** What a period is compared with. */
export type Compare = keyof typeof COMPARISONS;

/** A period that moves on with the calendar. */
export type Preset = keyof typeof PRESETS;

const FILTERS = [
  'provider',
  'connectionId',
  'account',
  'service',
  'region',
  'tag',
  'currency',
] as const;

/** Ways to group costs, and how one group of each is called. */
export const GROUPINGS: Record<View['groupBy'], string> = {
  service: 'service',
  provider: 'provider',
  account: 'account',
  region: 'region',
  connection: 'connection',
  tag: 'tag',
};

/** Periods to choose from. */
export const PRESETS = {
  '7': '7 days',
  '30': '30 days',
  '90': '90 days',
  '365': '365 days',
  month: 'This month',
  'last-month': 'Last month',
} as const;

/** Comparisons to choose from. */
export const COMPARISONS = {
  previous: 'the period before',
  year: 'a year before',
  none: 'nothing',
} as const;

const DAYS_MAX = 800;

/** A day that the calendar has; the API answers for at most DAYS_MAX of them. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) && text.length === 10;
}

const isOf = <K extends string>(names: Record<K, unknown>, text: string | null): text is K =>
  text !== null && Object.hasOwn(names, text);

/** Reads the view from an address; what is missing or wrong gets the default: 30 days by service. */
export function readView(query: URLSearchParams, now = today()): View {
  const groupBy = query.get('group_by');
  const compare = query.get('compare');
  const filter: Filter = {};
  for (const name of FILTERS) {
    const value = query.get(name);
    if (value !== null && value !== '') filter[name] = value;
  }
  const tagKey = query.get('tagKey');
  if (tagKey === null) delete filter.tag;
  return {
    ...periodOf(query, now),
    groupBy: isOf(GROUPINGS, groupBy) ? groupBy : 'service',
    tagKey,
    compare: isOf(COMPARISONS, compare) ? compare : 'previous',
    filter,
  };
}

function periodOf(query: URLSearchParams, now: string): Pick<View, 'from' | 'to' | 'preset'> {
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  if (isDay(from) && isDay(to) && from < to && to <= addDays(from, DAYS_MAX))
    return { from, to, preset: null };
  const asked = query.get('days');
  const preset = isOf(PRESETS, asked) ? asked : '30';
  const monthStart = `${now.slice(0, 7)}-01`;
  if (preset === 'last-month') {
    const end = addDays(monthStart, -1);
    return { from: `${end.slice(0, 7)}-01`, to: monthStart, preset };
  }
  // On the first of a month the month has a day, though nothing is known of it yet.
  if (preset === 'month') return { from: monthStart, to: addDays(now, 1), preset };
  return { from: addDays(now, -Number(preset)), to: now, preset };
}

/** The filter as the API's query takes it; a tag only with its name. */
export function toQuery({ filter, tagKey, groupBy }: Pick<View, 'filter' | 'tagKey' | 'groupBy'>) {
  const { provider, ...others } = filter;
  const isOfTag = groupBy === 'tag' || filter.tag !== undefined;
  return {
    ...others,
    // A provider that is not one is refused by the API, which says so.
    ...(provider === undefined ? {} : { provider: provider as Schemas['Provider'] }),
    ...(isOfTag && tagKey !== null ? { tagKey } : {}),
  };
}

/** The filter as findings and forecasts, which know no tags, are asked for; null where a tag narrows. */
export function toUntaggedQuery(view: View) {
  const { filter } = view;
  return filter.tag === undefined ? toQuery({ filter, tagKey: null, groupBy: 'provider' }) : null;
}

/** The days that a view's costs are compared with, as many as it has; undefined where it compares with nothing. */
export function comparedPeriod({
  from,
  to,
  compare,
}: Pick<View, 'from' | 'to' | 'compare'>): { from: string; to: string } | undefined {
  if (compare === 'none') return undefined;
  const length = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  const start = compare === 'year' ? yearBefore(from) : addDays(from, -length);
  return { from: start, to: addDays(start, length) };
}

/** The same date of the year before; the 28th of February for the 29th. */
function yearBefore(day: string): string {
  const year = String(Number(day.slice(0, 4)) - 1);
  return `${year}${day.endsWith('-02-29') ? '-02-28' : day.slice(4)}`;
}

/** Every day of a period, oldest first. */
export function daysOf(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day < to; day = addDays(day, 1)) days.push(day);
  return days;
}
