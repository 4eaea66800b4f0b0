import type { Schemas } from '../../client/api';
import { addDays } from '../../format/time';

/** What the page shows, as it stands in the address so that a view can be shared. */
export interface LlmView {
  span: Span;
  groupBy: Schemas['LlmDimension'];
  provider: Schemas['LlmProvider'] | null;
}

/** How far back the page looks. */
export type Span = '1h' | '24h' | '7d' | '30d' | '90d';

/** How the ways to look back are called. */
export const SPANS: Record<Span, string> = {
  '1h': 'Hour',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
};

/** Ways to group use, and how one of each is called. */
export const GROUPINGS: Record<LlmView['groupBy'], string> = {
  model: 'model',
  project: 'project',
  key: 'API key',
  provider: 'provider',
  endpoint: 'endpoint',
  user_tag: 'user tag',
  meter: 'kind of use',
};

const MINUTE_MS = 60_000;
const LENGTH_MS = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 1440 * MINUTE_MS };

/** The period that the API is asked for. */
export interface LlmPeriod {
  from: string;
  to: string;
  granularity: Schemas['LlmGranularity'];
}

const isOf = <K extends string>(names: Record<K, unknown>, text: string | null): text is K =>
  text !== null && Object.hasOwn(names, text);

/** Reads the view from an address; what is missing or wrong gets the default: 30 days by model. */
export function readLlmView(query: URLSearchParams): LlmView {
  const span = query.get('span');
  const groupBy = query.get('group_by');
  const provider = query.get('provider');
  return {
    span: isOf(SPANS, span) ? span : '30d',
    groupBy: isOf(GROUPINGS, groupBy) ? groupBy : 'model',
    provider: provider === 'openai' || provider === 'anthropic' ? provider : null,
  };
}

/** The period that ends with the minute, hour or day that `now`, in milliseconds, lies in. */
export function periodOf(span: Span, now: number): LlmPeriod {
  if (span === '1h' || span === '24h') {
    const [granularity, points] =
      span === '1h' ? (['minute', 60] as const) : (['hour', 24] as const);
    const length = LENGTH_MS[granularity];
    const end = (Math.floor(now / length) + 1) * length;
    const instant = (ms: number) => new Date(ms).toISOString();
    return { from: instant(end - points * length), to: instant(end), granularity };
  }
  const tomorrow = addDays(new Date(now).toISOString().slice(0, 10), 1);
  return { from: addDays(tomorrow, -Number.parseInt(span)), to: tomorrow, granularity: 'day' };
}

/** The start of every point of an answered period, as the answer names them; days as days. */
export function timesOf({ from, to, granularity }: LlmPeriod): string[] {
  const times: string[] = [];
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += LENGTH_MS[granularity])
    times.push(toTime(new Date(ms).toISOString(), granularity));
  return times;
}

/** An instant as the chart names it: of a day only the day. */
export const toTime = (at: string, granularity: LlmPeriod['granularity']): string =>
  granularity === 'day' ? at.slice(0, 10) : at;
