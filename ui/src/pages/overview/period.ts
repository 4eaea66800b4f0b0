import { addDays, today } from '../../format/time';

/** What the overview shows, as it stands in the address so that a view can be shared. */
export interface View {
  from: string;
  to: string;
  days: number | null;
  groupBy: 'service' | 'account' | 'region' | 'provider' | 'connection';
  provider: string | null;
}

/** Ways to group costs. */
export const GROUPINGS: View['groupBy'][] = [
  'service',
  'provider',
  'account',
  'region',
  'connection',
];

const DAYS_MAX = 800;

/** A day that the calendar has; the API answers for at most DAYS_MAX of them. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) && text.length === 10;
}

/** Reads the view from an address; what is missing or wrong gets the default: 30 days by service. */
export function readView(query: URLSearchParams): View {
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  const isCustom = isDay(from) && isDay(to) && from < to && to <= addDays(from, DAYS_MAX);
  const asked = Number(query.get('days'));
  const days = [7, 30, 90].includes(asked) ? asked : 30;
  const groupBy = GROUPINGS.find((name) => name === query.get('group_by')) ?? 'service';
  const provider = query.get('provider');
  if (isCustom) return { from, to, days: null, groupBy, provider };
  return { from: addDays(today(), -days), to: today(), days, groupBy, provider };
}

/** Every day of a period, oldest first. */
export function daysOf(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day < to; day = addDays(day, 1)) days.push(day);
  return days;
}
