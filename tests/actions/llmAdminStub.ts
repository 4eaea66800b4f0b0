import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Rate limits of one model in a project, as OpenAI's published API describes them (`tests/oracles`). */
export type StubLimit = { id: string; model: string } & Record<string, string | number>;

/** What to do with a request: answer this status, lose the reply after the effect, or hold it before or after. */
export type AdminFault =
  { status: number; headers?: Record<string, string> } | 'loseReply' | { hold: 'before' | 'after' };

interface Rule {
  method: string;
  path: string;
  fault: AdminFault;
  times: number;
  skip: number;
  caught: () => void;
}

/** The administrations of an Anthropic and an OpenAI organisation, with state, on one loopback port. */
export interface LlmAdminStub {
  env: Record<string, string>;
  /** Anthropic's keys by id; a key that is taken out was deleted. */
  keys: Map<string, { name: string; status: string; workspace_id: string | null }>;
  /** OpenAI's projects by id. */
  projects: Map<string, { keys: Set<string>; limits: StubLimit[] }>;
  /** Each change that took effect, in order: path and body. */
  changes: string[];
  /** Each request about a path that holds `part`: method and path. */
  requests: (part: string) => string[];
  /** Puts a fault on the next requests whose path holds `part`; resolves with the first that it meets. */
  on: (
    request: string,
    fault: AdminFault,
    options?: { times?: number; skip?: number },
  ) => Promise<void>;
  clear: () => void;
  close: () => Promise<void>;
}

const OPENAI_KEY = 'sk-admin-planted-of-the-stub';
const ANTHROPIC_KEY = 'sk-ant-admin01-planted-of-the-stub';
const SECRET = 'message-of-the-provider sk-ant-api03-part';

/** Starts it; request shapes are those of the providers' documentation, pages hold two limits. */
export async function startLlmAdminStub(): Promise<LlmAdminStub> {
  const keys: LlmAdminStub['keys'] = new Map();
  const projects: LlmAdminStub['projects'] = new Map();
  const changes: string[] = [];
  const seen: string[] = [];
  let rules: Rule[] = [];
  const held = new Set<Socket>();

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const url = new URL(incoming.url ?? '/', 'http://stub');
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const method = incoming.method ?? '';
    seen.push(`${method} ${url.pathname}`);
    const rule = takeRule(rules, method, url.pathname);
    const fault = rule?.fault;
    if (typeof fault === 'object' && 'status' in fault) {
      rule?.caught();
      reply(outgoing, fault.status, { error: { message: SECRET } }, fault.headers);
      return;
    }
    if (typeof fault === 'object' && fault.hold === 'before') {
      held.add(incoming.socket);
      rule?.caught();
      return;
    }
    const [status, body] = isSignedIn(incoming, url)
      ? answer({ keys, projects, changes }, method, url, text)
      : [401, { error: { message: SECRET } }];
    rule?.caught();
    if (fault === 'loseReply') incoming.socket.destroy();
    else if (typeof fault === 'object') held.add(incoming.socket);
    else reply(outgoing, status, body);
  };
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clear = () => {
    rules = [];
    for (const socket of held) socket.destroy();
    held.clear();
  };
  return {
    env: {
      OPENAI_ADMIN_KEY: OPENAI_KEY,
      OPENAI_BASE_URL: `${base}/v1`,
      ANTHROPIC_ADMIN_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: base,
    },
    keys,
    projects,
    changes,
    requests: (part) => seen.filter((request) => request.includes(part)),
    on: (request, fault, { times = 1, skip = 0 } = {}) =>
      new Promise((caught) => {
        const [method = '', path = ''] = request.split(' ');
        rules.push({ method, path, fault, times, skip, caught });
      }),
    clear,
    close: async () => {
      clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function takeRule(rules: Rule[], method: string, path: string): Rule | undefined {
  const rule = rules.find(
    (one) => one.times > 0 && one.method === method && path.includes(one.path),
  );
  if (rule === undefined) return undefined;
  if (rule.skip > 0) {
    rule.skip -= 1;
    return undefined;
  }
  rule.times -= 1;
  return rule;
}

function isSignedIn({ headers }: IncomingMessage, { pathname }: URL): boolean {
  return pathname.startsWith('/v1/organizations/')
    ? headers['x-api-key'] === ANTHROPIC_KEY && headers['anthropic-version'] !== undefined
    : headers.authorization === `Bearer ${OPENAI_KEY}`;
}

type State = Pick<LlmAdminStub, 'keys' | 'projects' | 'changes'>;
const NOT_FOUND: [number, unknown] = [404, { error: { message: SECRET } }];

function answer(state: State, method: string, url: URL, text: string): [number, unknown] {
  const [, version, area, ...rest] = url.pathname.split('/').map(decodeURIComponent);
  if (version !== 'v1') return NOT_FOUND;
  if (area === 'organizations' && rest[0] === 'api_keys') {
    return answerAnthropic(state, method, rest[1] ?? '', text);
  }
  if (area === 'organization' && rest[0] === 'projects') {
    return answerOpenAi(state, method, rest.slice(1), url, text);
  }
  return NOT_FOUND;
}

function answerAnthropic(
  { keys, changes }: State,
  method: string,
  id: string,
  text: string,
): [number, unknown] {
  const key = keys.get(id);
  if (key === undefined) return NOT_FOUND;
  if (method === 'POST') {
    const { status } = JSON.parse(text) as { status: string };
    if (!['active', 'inactive', 'archived'].includes(status)) return [400, {}];
    key.status = status;
    changes.push(`${id} ${text}`);
  }
  return [200, { type: 'api_key', id, partial_key_hint: 'sk-ant-api03-R2D...igAA', ...key }];
}

function answerOpenAi(
  { projects, changes }: State,
  method: string,
  [projectId = '', what = '', id]: string[],
  url: URL,
  text: string,
): [number, unknown] {
  const project = projects.get(projectId);
  if (project === undefined) return NOT_FOUND;
  if (what === 'api_keys' && method === 'GET') {
    return project.keys.has(id ?? '')
      ? [200, { object: 'organization.project.api_key', id, name: `name of ${id ?? ''}` }]
      : NOT_FOUND;
  }
  if (what !== 'rate_limits') return NOT_FOUND;
  if (method === 'POST') {
    const limit = project.limits.find((one) => one.id === id);
    if (limit === undefined) return NOT_FOUND;
    Object.assign(limit, JSON.parse(text));
    changes.push(`${id ?? ''} ${text}`);
    return [200, { object: 'project.rate_limit', ...limit }];
  }
  const after = url.searchParams.get('after');
  const start = after === null ? 0 : project.limits.findIndex((one) => one.id === after) + 1;
  const data = project.limits.slice(start, start + 2);
  const has_more = start + 2 < project.limits.length;
  return [200, { object: 'list', data, has_more, last_id: data.at(-1)?.id ?? null }];
}

function reply(
  outgoing: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  outgoing
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(body));
}
