import { LosslessNumber, stringify } from 'lossless-json';
import { startStub, type Stub, type StubAnswer, type StubCall } from './stubServer.ts';
import { toBuckets, type BookEntry, type BookSum } from './toBuckets.ts';

/** What an OpenAI organisation has used and been charged. */
export interface OpenAiBooks {
  costs: readonly BookEntry[];
  /** By the last part of the endpoint's path. */
  usage: Readonly<Record<string, readonly BookEntry[]>>;
  projects: readonly { id: string; name: string; status: 'active' | 'archived' }[];
  /** By project. */
  apiKeys: Readonly<Record<string, readonly { id: string; name: string }[]>>;
  /** Makes pages smaller than asked for, as a provider may. */
  paging?: { bucketsMax: number };
}

const WIDTHS: Readonly<Record<string, { ms: number; max: number; default: number }>> = {
  '1m': { ms: 60_000, max: 1440, default: 60 },
  '1h': { ms: 3_600_000, max: 168, default: 24 },
  '1d': { ms: 86_400_000, max: 31, default: 7 },
};
const COST_DAYS_MAX = 180;
const KINDS: Readonly<Record<string, string>> = {
  file_search_calls: 'file_searches',
  web_search_calls: 'web_searches',
};

/**
 * A stub of OpenAI's organisation API: recorded shapes over books of its own, with its paging and its limits. Its answers
 * are checked against the published API description, and read by OpenAI's own client, in openAiContract.test.ts.
 */
export function startOpenAiStub(
  key: string | readonly string[],
  books: OpenAiBooks,
): Promise<Stub> {
  const keys = [key].flat();
  return startStub((call) => {
    if (!keys.some((known) => call.headers.authorization === `Bearer ${known}`)) {
      return refuse(401, 'Incorrect API key provided.');
    }
    const [, kind, name = ''] = call.path.replace(/^(\/v1)?\//, '').split('/');
    if (kind === 'costs') return costs(call, books);
    if (kind === 'usage') return usage(call, name, books);
    if (kind !== 'projects') return refuse(404, 'Unknown.');
    return name === '' ? projects(call, books) : projectKeys(call, books.apiKeys[name] ?? []);
  });
}

const json = (value: unknown): StubAnswer => ({ body: stringify(value) ?? '' });
const refuse = (status: number, message: string): StubAnswer => ({
  status,
  body: JSON.stringify({
    error: { message, type: 'invalid_request_error', param: null, code: null },
  }),
});
const number = (text = '0') => new LosslessNumber(text);

function costs({ params }: StubCall, books: OpenAiBooks): StubAnswer {
  const limit = Number(params.get('limit') ?? 7);
  if ((params.get('bucket_width') ?? '1d') !== '1d' || limit > COST_DAYS_MAX)
    return refuse(400, 'Bad.');
  return page(params, books.costs, 86_400_000, limit, ({ groups, amounts }) => ({
    object: 'organization.costs.result',
    amount: { value: number(amounts['amount']), currency: 'usd' },
    line_item: null,
    project_id: null,
    api_key_id: null,
    ...groups,
    quantity: 'line_item' in groups ? number(amounts['quantity']) : null,
    quantity_unit: String(groups['line_item']).includes(',') ? 'tokens' : null,
  }));
}

function usage({ params }: StubCall, endpoint: string, books: OpenAiBooks): StubAnswer {
  const width = WIDTHS[params.get('bucket_width') ?? '1d'];
  const limit = Number(params.get('limit') ?? width?.default);
  if (!width || limit > width.max) return refuse(400, 'Bad.');
  const entries = books.usage[endpoint] ?? [];
  // A report without use stays one page: a call of the tool asks all endpoints, and may make only so many requests.
  const isPaged = entries.length > 0;
  const bucketsMax = Math.min(limit, (isPaged ? books.paging?.bucketsMax : undefined) ?? limit);
  return page(params, entries, width.ms, bucketsMax, ({ groups, amounts }) => ({
    object: `organization.usage.${KINDS[endpoint] ?? endpoint}.result`,
    ...Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, number(text)])),
    project_id: null,
    user_id: null,
    api_key_id: null,
    model: null,
    batch: null,
    service_tier: null,
    ...groups,
  }));
}

function page(
  params: URLSearchParams,
  entries: readonly BookEntry[],
  widthMs: number,
  limit: number,
  toResult: (sum: BookSum) => unknown,
): StubAnswer {
  const { buckets, next } = toBuckets(entries, {
    from: Number(params.get('start_time')) * 1000,
    to: Number(params.get('end_time')) * 1000,
    widthMs,
    // OpenAI's own client writes lists with brackets.
    groupBy: [...params.getAll('group_by'), ...params.getAll('group_by[]')],
    limit,
    page: params.get('page'),
  });
  return json({
    object: 'page',
    data: buckets.map(({ start, end, sums }) => ({
      object: 'bucket',
      start_time: start / 1000,
      end_time: end / 1000,
      results: sums.map(toResult),
    })),
    has_more: next !== null,
    next_page: next,
  });
}

function projects({ params }: StubCall, books: OpenAiBooks): StubAnswer {
  const all = books.projects.filter(
    ({ status }) => status === 'active' || params.get('include_archived') === 'true',
  );
  return list(params, all, (project) => ({
    object: 'organization.project',
    created_at: 1_700_000_000,
    archived_at: project.status === 'active' ? null : 1_710_000_000,
    ...project,
  }));
}

function projectKeys(
  { params }: StubCall,
  keys: readonly { id: string; name: string }[],
): StubAnswer {
  return list(params, keys, (key) => ({
    object: 'organization.project.api_key',
    redacted_value: 'sk-...planted',
    created_at: 1_700_000_000,
    last_used_at: null,
    owner_project_access: 'active',
    owner: { type: 'user' },
    ...key,
  }));
}

function list<Entry extends { id: string }>(
  params: URLSearchParams,
  all: readonly Entry[],
  toEntry: (entry: Entry) => unknown,
): StubAnswer {
  const after = params.get('after');
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  // Smaller than asked for, so that two entries are two pages.
  const shown = all.slice(from, from + 1);
  return json({
    object: 'list',
    data: shown.map(toEntry),
    first_id: shown[0]?.id ?? null,
    last_id: shown.at(-1)?.id ?? null,
    has_more: from + shown.length < all.length,
  });
}
