import { request } from 'node:http';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connect } from './mcpClients.ts';
import { runServerProgram, startServer, type HttpServer } from './serverProcess.ts';
import { startTokenIssuer, type TokenIssuer } from './tokenIssuer.ts';

// Nothing here may reach AWS: nobody listens there.
const AWS = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

let issuer: TokenIssuer;
let server: HttpServer;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  server = await startServer('aws-cost', {
    ...AWS,
    ...issuer.env,
  });
  return async () => {
    await server.stop();
    await issuer.close();
  };
});

interface HttpReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** One POST with exactly these headers; `fetch` would not let the test set Host. */
function post(body: string, headers: Record<string, string> = {}): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      server.url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
      },
      (incoming) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const rpc = (method: string, params: unknown = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
const callTool = rpc('tools/call', { name: 'describe_source', arguments: {} });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('tokens', () => {
  test('a good token lets a tool be called', async () => {
    const reply = await post(callTool, bearer(await issuer.token()));
    expect(reply.status).toBe(200);
    expect(reply.body).toContain('"provider\\":\\"AWS');
  });

  test.each([
    ['no token', undefined],
    ['something that is not a token', () => Promise.resolve('nonsense')],
    ['a token for the API itself', () => issuer.token({ audience: issuer.url })],
    ['a token of another issuer', () => issuer.token({ issuer: 'https://elsewhere.example' })],
    ['an expired token', () => issuer.token({ issuedAt: new Date(Date.now() - 16 * 60_000) })],
    ['a token of tomorrow', () => issuer.token({ issuedAt: new Date(Date.now() + 86_400_000) })],
    ['a token signed with a key of nobody', () => issuer.token({ unpublishedKid: 'key-0' })],
  ])('%s gets 401 with a challenge that says where to get one', async (_name, make) => {
    const reply = await post(callTool, make ? bearer(await make()) : {});
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toMatch(
      /^Bearer error="invalid_token".*resource_metadata="http[^"]+\/\.well-known\/oauth-protected-resource\/mcp"/,
    );
  });

  test('a token without mcp:read gets 403 insufficient_scope', async () => {
    const reply = await post(callTool, bearer(await issuer.token({ scope: 'costs:read' })));
    expect(reply.status).toBe(403);
    expect(reply.headers['www-authenticate']).toMatch(/error="insufficient_scope".*mcp:read/);
  });

  test('a modern client without the scope is refused as well', async () => {
    const headers = bearer(await issuer.token({ scope: 'costs:read' }));
    const client = await connect('v2 auto', { url: server.url, headers });
    await expect(client.call('describe_source', {})).rejects.toThrow();
    await client.close();
  });

  test('the protected resource names its issuer and audience without a token', async () => {
    const url = new URL('/.well-known/oauth-protected-resource/mcp', server.url);
    expect(await (await fetch(url)).json()).toMatchObject({
      resource: `${issuer.url}/mcp`,
      authorization_servers: [issuer.url],
      scopes_supported: ['mcp:read'],
    });
  });
});

describe('the issuer’s keys', () => {
  afterEach(() => {
    issuer.setAway(false);
  });

  test('are asked for again at most once for a flood of invented key ids', async () => {
    await post(callTool, bearer(await issuer.token()));
    const before = issuer.fetches();
    for (let i = 0; i < 20; i += 1) {
      const token = await issuer.token({ unpublishedKid: `invented-${i}` });
      expect((await post(callTool, bearer(token))).status).toBe(401);
    }
    expect(issuer.fetches() - before).toBeLessThanOrEqual(1);
  });

  test('that were never had give 503, not 401', async () => {
    const away = await startTokenIssuer();
    away.setAway(true);
    const other = await startServer('aws-cost', {
      ...AWS,
      ...away.env,
    });
    try {
      const reply = await fetch(other.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...bearer(await away.token()) },
        body: callTool,
      });
      expect(reply.status).toBe(503);
      expect(reply.headers.get('retry-after')).toBe('5');
      away.setAway(false);
      const again = await fetch(other.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...bearer(await away.token()),
        },
        body: callTool,
      });
      expect(again.status).toBe(200);
    } finally {
      await other.stop();
      await away.close();
    }
  });
});

describe('a token that verifies', () => {
  afterEach(() => {
    issuer.setAnswer(undefined);
    issuer.setAway(false);
  });

  // Each token is another one, so that nothing is remembered of it.
  const fresh = () => issuer.token({ issuedAt: new Date(Date.now() - Math.random() * 600_000) });

  test('and was taken back gets 401', async () => {
    issuer.setAnswer({ active: false });
    const reply = await post(callTool, bearer(await fresh()));
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toContain('taken back');
  });

  test('does what its account may still do, and no more', async () => {
    issuer.setAnswer({ active: true, scope: 'costs:read' });
    expect((await post(callTool, bearer(await fresh()))).status).toBe(403);
    issuer.setAnswer({ active: true, scope: 'mcp:read users:write' });
    expect((await post(callTool, bearer(await fresh()))).status).toBe(200);
  });

  test('gets 503 while nobody can say whether it still holds, and 200 again afterwards', async () => {
    await post(callTool, bearer(await fresh()));
    const token = await fresh();
    issuer.setAway(true);
    const reply = await post(callTool, bearer(token));
    expect(reply.status).toBe(503);
    expect(reply.headers['retry-after']).toBe('5');
    expect(JSON.parse(reply.body)).toMatchObject({
      error: 'temporarily_unavailable',
      error_description: expect.stringContaining('INTERNAL_API_URL') as string,
    });
    issuer.setAway(false);
    expect((await post(callTool, bearer(token))).status).toBe(200);
  });

  test('is asked about by its issuer, and a forged one not at all', async () => {
    const token = await fresh();
    const forged = await issuer.token({ unpublishedKid: 'key-0' });
    const replies = await Promise.all(
      [token, token, token, forged].map((one) => post(callTool, bearer(one))),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 401]);
    expect(issuer.introspected()).toContain(token);
    expect(issuer.introspected()).not.toContain(forged);
  });

  test('stands in no log', async () => {
    const token = await fresh();
    issuer.setAway(true);
    await post(callTool, bearer(token));
    expect(server.output()).toContain('could not be asked whether a token still holds');
    expect(server.output()).not.toContain(token.split('.')[2]);
  });
});

describe('requests', () => {
  test.each([
    ['a foreign Host', { host: 'evil.example' }],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['the opaque Origin', { origin: 'null' }],
  ])('with %s get 403, even with a good token', async (_name, headers) => {
    const reply = await post(callTool, { ...bearer(await issuer.token()), ...headers });
    expect(reply.status).toBe(403);
  });

  test('larger than 256 kB get 413', async () => {
    const big = rpc('tools/call', { name: 'query_costs', arguments: { x: 'y'.repeat(300_000) } });
    const reply = await post(big, bearer(await issuer.token()));
    expect(reply.status).toBe(413);
  });

  test.each([
    ['not JSON', '{"jsonrpc":'],
    ['an empty body', ''],
    ['an array', '[]'],
    ['a number', '1'],
    ['deep nesting', '['.repeat(50_000) + ']'.repeat(50_000)],
    ['another method', rpc('resources/read', { uri: 'file:///etc/passwd' })],
  ])('with %s get an error below 500', async (_name, body) => {
    const reply = await post(body, bearer(await issuer.token()));
    expect(reply.status).toBeLessThan(500);
    expect(reply.body).not.toMatch(/\bat .*\.ts:/);
  });

  test('for other addresses and methods get 404 and 405', async () => {
    expect((await fetch(new URL('/other', server.url))).status).toBe(404);
    const headers = bearer(await issuer.token());
    expect((await fetch(server.url, { headers })).status).toBe(405);
    expect((await fetch(server.url, { method: 'DELETE', headers })).status).toBe(405);
  });

  test('the health of the process is open', async () => {
    const reply = await fetch(new URL('/healthz', server.url));
    expect([reply.status, await reply.json()]).toEqual([200, { status: 'ok' }]);
  });
});

describe('the program', () => {
  test('refuses to go without tokens beyond loopback', async () => {
    const { code, output } = await runServerProgram('aws-cost', {
      ...AWS,
      MCP_AUTH: 'none',
      BIND_ADDRESS: '0.0.0.0',
    });
    expect([code, output]).toEqual([1, expect.stringMatching(/MCP_AUTH: none is allowed only/)]);
  });

  test('refuses to go without the account with which it asks about tokens', async () => {
    const { code, output } = await runServerProgram('aws-cost', { ...AWS, MCP_AUTH: 'jwt' });
    expect([code, output]).toEqual([1, expect.stringMatching(/COSTGUARD_CLIENT_ID.*introspect/)]);
  });

  test('names each mistake of its environment', async () => {
    const { code, output } = await runServerProgram('aws-cost', {
      MCP_PORT: 'many',
      MCP_AUTH: 'maybe',
    });
    expect(code).toBe(1);
    expect(output).toMatch(/MCP_PORT/);
    expect(output).toMatch(/MCP_AUTH/);
  });

  test('names a port that is taken', async () => {
    const { code, output } = await runServerProgram('aws-cost', {
      ...AWS,
      MCP_AUTH: 'none',
      MCP_PORT: server.url.port,
    });
    expect(code).toBe(1);
    expect(output).toContain(`127.0.0.1:${server.url.port}`);
  });

  test('explains itself and refuses unknown options', async () => {
    expect(await runServerProgram('aws-cost', {}, '--help')).toMatchObject({
      code: 0,
      output: expect.stringContaining('--stdio') as string,
    });
    expect((await runServerProgram('aws-cost', {}, '--verbose')).code).toBe(2);
  });

  test('ends at SIGTERM with code 0', async () => {
    const other = await startServer('aws-cost', AWS);
    expect(await other.stop()).toBe(0);
    await expect(fetch(other.url)).rejects.toThrow();
  });
});
