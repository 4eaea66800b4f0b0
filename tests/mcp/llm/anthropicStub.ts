import { startStub, type Stub, type StubAnswer, type StubCall } from './stubServer.ts';
import { toBuckets, type BookEntry, type BookSum } from './toBuckets.ts';

/** What an Anthropic organisation has used and been charged. */
export interface AnthropicBooks {
  /** Amounts in cents. */
  costs: readonly BookEntry[];
  usage: readonly BookEntry[];
  workspaces: readonly { id: string; name: string; archived_at: string | null }[];
  /** Makes pages of usage smaller than asked for, as a provider may. */
  paging?: { bucketsMax: number };
}

const WIDTHS: Readonly<Record<string, { ms: number; max: number; default: number }>> = {
  '1m': { ms: 60_000, max: 1440, default: 60 },
  '1h': { ms: 3_600_000, max: 168, default: 24 },
  '1d': { ms: 86_400_000, max: 31, default: 7 },
};
const COST_GROUPS = ['workspace_id', 'description'];
const USAGE_GROUPS = ['api_key_id', 'workspace_id', 'model', 'service_tier', 'context_window'];
// Told with a description, and never by themselves.
const PARTS = ['cost_type', 'token_type', 'model', 'service_tier', 'context_window'];

/** A stub of Anthropic's usage and cost API, which has no published description: recorded shapes over books of its own. */
export function startAnthropicStub(
  key: string | readonly string[],
  books: AnthropicBooks,
): Promise<Stub> {
  const keys = [key].flat();
  return startStub((call) => {
    const { headers, path } = call;
    const isKnown = keys.some(
      (known) => headers['x-api-key'] === known || headers.authorization === `Bearer ${known}`,
    );
    if (!isKnown) return refuse(401, 'authentication_error');
    if (headers['anthropic-version'] === undefined) return refuse(400, 'invalid_request_error');
    if (path === '/v1/organizations/cost_report') return costs(call, books);
    if (path === '/v1/organizations/usage_report/messages') return usage(call, books);
    if (path === '/v1/organizations/workspaces') return workspaces(call, books);
    return refuse(404, 'not_found_error');
  });
}

const json = (value: unknown): StubAnswer => ({ body: JSON.stringify(value) });
const refuse = (status: number, type: string): StubAnswer => ({
  status,
  body: JSON.stringify({ type: 'error', error: { type, message: 'refused' } }),
});

function costs({ params }: StubCall, books: AnthropicBooks): StubAnswer {
  const groups = params.getAll('group_by[]');
  if (params.get('bucket_width') !== '1d') return refuse(400, 'invalid_request_error');
  if (groups.some((group) => !COST_GROUPS.includes(group))) {
    return refuse(400, 'invalid_request_error');
  }
  const groupBy = groups.includes('description') ? [...groups, ...PARTS] : groups;
  return page(params, books.costs, groupBy, ({ groups: told, amounts }) => ({
    currency: 'USD',
    amount: amounts['amount'],
    inference_geo: null,
    ...Object.fromEntries([...COST_GROUPS, ...PARTS].map((name) => [name, null])),
    ...told,
  }));
}

function usage({ params }: StubCall, books: AnthropicBooks): StubAnswer {
  const groups = params.getAll('group_by[]');
  if (groups.some((group) => !USAGE_GROUPS.includes(group))) {
    return refuse(400, 'invalid_request_error');
  }
  return page(params, books.usage, groups, toMessages, books.paging);
}

function toMessages({ groups: told, amounts }: BookSum): unknown {
  const count = (name: string) => Number(amounts[name] ?? '0');
  return {
    uncached_input_tokens: count('input'),
    cache_read_input_tokens: count('cache_read'),
    output_tokens: count('output'),
    cache_creation: {
      ephemeral_5m_input_tokens: count('cache_write_5m'),
      ephemeral_1h_input_tokens: count('cache_write_1h'),
    },
    server_tool_use: { web_search_requests: count('web_search') },
    ...Object.fromEntries(USAGE_GROUPS.map((name) => [name, null])),
    ...told,
  };
}

function page(
  params: URLSearchParams,
  entries: readonly BookEntry[],
  groupBy: readonly string[],
  toResult: (sum: BookSum) => unknown,
  paging?: { bucketsMax: number },
): StubAnswer {
  const width = WIDTHS[params.get('bucket_width') ?? '1d'];
  const limit = Number(params.get('limit') ?? width?.default);
  if (!width || limit > width.max) return refuse(400, 'invalid_request_error');
  const { buckets, next } = toBuckets(entries, {
    from: Date.parse(params.get('starting_at') ?? ''),
    to: Date.parse(params.get('ending_at') ?? ''),
    widthMs: width.ms,
    groupBy,
    limit: Math.min(limit, paging?.bucketsMax ?? limit),
    page: params.get('page'),
  });
  return json({
    data: buckets.map(({ start, end, sums }) => ({
      starting_at: new Date(start).toISOString(),
      ending_at: new Date(end).toISOString(),
      results: sums.map(toResult),
    })),
    has_more: next !== null,
    next_page: next,
  });
}

function workspaces({ params }: StubCall, books: AnthropicBooks): StubAnswer {
  const all = books.workspaces.filter(
    ({ archived_at }) => archived_at === null || params.get('include_archived') === 'true',
  );
  const after = params.get('after_id');
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  // Smaller than asked for, so that two entries are two pages.
  const shown = all.slice(from, from + 1);
  return json({
    data: shown.map((workspace) => ({
      type: 'workspace',
      created_at: '2026-01-01T00:00:00Z',
      display_color: '#6C5BB9',
      ...workspace,
    })),
    first_id: shown[0]?.id ?? null,
    last_id: shown.at(-1)?.id ?? null,
    has_more: from + shown.length < all.length,
  });
}
