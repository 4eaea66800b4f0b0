import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCertificate } from '../../notifications/testCertificate.ts';
import { readBody } from '../../../cli/demo/forward.ts';

/** One request to Azure. */
export interface AzureCall {
  kind: 'query' | 'alerts' | 'advisor' | 'subscriptions' | 'token' | 'other';
  /** With its query, from the slash on. */
  path: string;
  headers: Record<string, string>;
  /** Parsed JSON body. */
  body: Record<string, unknown>;
  /** Resolves when the caller has given the request up. */
  abandoned: Promise<void>;
}

/** What to answer instead of asking the fake. */
export type Answer =
  | { status?: number; json: unknown; headers?: Record<string, string> }
  | { status?: number; text: string; type?: string }
  | { hang: true }
  | { cut: true };

type Rule = (call: AzureCall, index: number) => Answer | undefined;

/** The fake Azure over TLS, behind a proxy that records each call, can answer in its place and gives tokens. */
export interface AzureProxy {
  /** For `AZURE_ENDPOINT_URL`. */
  url: string;
  /** For a server that reads through it: a managed identity as App Service gives it, and trust in the certificate. */
  env: Record<string, string>;
  /** Its certificate, PEM. */
  authority: string;
  /** The access tokens that Resource Manager takes. */
  accessTokens: Set<string>;
  calls: AzureCall[];
  queries: () => AzureCall[];
  /** Answers calls of a kind while it returns something; `undefined` lets the call pass. */
  answer: (kind: AzureCall['kind'], rule: Rule) => void;
  /** Forgets calls and answers. */
  clear: () => void;
  close: () => Promise<void>;
}

/** What the identity endpoint must be asked with, and the token that it gives. */
export const SECRETS = {
  identityHeader: 'plantedIdentityHeader0123456789',
  token: 'plantedAccessToken.0123456789abcdef.planted',
};

/** Starts the proxy on a free loopback port, with a certificate of its own. */
export async function startAzureProxy(upstream: string): Promise<AzureProxy> {
  const calls: AzureCall[] = [];
  const rules = new Map<string, Rule>();
  const accessTokens = new Set([SECRETS.token]);
  const certificate = await testCertificate('localhost');
  const folder = await mkdtemp(join(tmpdir(), 'azure-ca-'));
  const authority = join(folder, 'ca.pem');
  await writeFile(authority, certificate.cert);
  const server = createServer(certificate, (incoming, outgoing) => {
    void handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const text = await readBody(incoming);
    const call = toCall(incoming, outgoing, text);
    const index = calls.filter(({ kind }) => kind === call.kind).length;
    calls.push(call);
    const given = rules.get(call.kind)?.(call, index);
    if (given) send(outgoing, given);
    else if (call.kind === 'token') send(outgoing, giveToken(call));
    else if (!accessTokens.has(call.headers['authorization']?.replace('Bearer ', '') ?? '')) {
      send(outgoing, { status: 401, json: { error: { code: 'AuthenticationFailed' } } });
    } else await pass(upstream, incoming, outgoing, text);
  };
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    env: identityEnv(url, authority),
    authority: certificate.cert,
    accessTokens,
    calls,
    queries: () => calls.filter(({ kind }) => kind === 'query'),
    answer: (kind, rule) => void rules.set(kind, rule),
    clear: () => {
      calls.length = 0;
      rules.clear();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

/** Azure at `url`, a managed identity there as App Service gives it, and trust in the certificate of file `authority`. */
export const identityEnv = (url: string, authority: string): Record<string, string> => ({
  AZURE_ENDPOINT_URL: url,
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
  IDENTITY_ENDPOINT: `${url}/msi/token`,
  IDENTITY_HEADER: SECRETS.identityHeader,
  NODE_EXTRA_CA_CERTS: authority,
});

function toCall(incoming: IncomingMessage, outgoing: ServerResponse, text: string): AzureCall {
  const path = incoming.url ?? '/';
  return {
    kind: kindOf(path),
    path,
    headers: incoming.headers as Record<string, string>,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    abandoned: new Promise((resolve) =>
      outgoing.once('close', () => {
        if (!outgoing.writableFinished) resolve();
      }),
    ),
  };
}

function kindOf(path: string): AzureCall['kind'] {
  const [place = ''] = path.split('?');
  if (place === '/msi/token') return 'token';
  if (place.endsWith('/providers/Microsoft.CostManagement/query')) return 'query';
  if (place.endsWith('/providers/Microsoft.CostManagement/alerts')) return 'alerts';
  if (place.includes('/providers/Microsoft.Advisor/recommendations')) return 'advisor';
  return /^\/subscriptions(\/fake_page_\d+)?$/.test(place) ? 'subscriptions' : 'other';
}

/** As the identity endpoint of App Service. */
export function giveToken({ headers, path }: Pick<AzureCall, 'headers' | 'path'>): {
  status?: number;
  json: unknown;
} {
  const { searchParams } = new URL(path, 'https://localhost');
  const isGood =
    headers['x-identity-header'] === SECRETS.identityHeader &&
    searchParams.get('resource') === 'https://management.azure.com';
  if (!isGood) return { status: 400, json: { error: { code: 'invalid_request' } } };
  return {
    json: {
      access_token: SECRETS.token,
      expires_on: String(Math.floor(Date.now() / 1000) + 7200),
      resource: 'https://management.azure.com',
      token_type: 'Bearer',
    },
  };
}

function send(outgoing: ServerResponse, answer: Answer): void {
  if ('hang' in answer) return;
  if ('cut' in answer) {
    outgoing.destroy();
    return;
  }
  const [type, body] =
    'text' in answer
      ? [answer.type ?? 'text/html', answer.text]
      : ['application/json', JSON.stringify(answer.json)];
  outgoing.writeHead(answer.status ?? 200, {
    'content-type': type,
    ...('headers' in answer ? answer.headers : {}),
  });
  outgoing.end(body);
}

async function pass(
  upstream: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  text: string,
): Promise<void> {
  const answer = await fetch(upstream + (incoming.url ?? '/'), {
    method: incoming.method ?? 'GET',
    headers: {
      'content-type': incoming.headers['content-type'] ?? 'application/json',
      'x-forwarded-host': incoming.headers.host ?? '',
    },
    ...(text === '' ? {} : { body: text }),
  });
  outgoing.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'text/plain',
  });
  outgoing.end(Buffer.from(await answer.arrayBuffer()));
}
