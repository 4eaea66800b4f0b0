import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { TOOL_ERROR_META_KEY, ToolErrorMeta } from '../../core/mcp/toolError.ts';
import { startAwsProxy, type AwsProxy } from './awsProxy.ts';
import { connect, type ListedTool, type TestClient } from './mcpClients.ts';
import { startServer, type HttpServer } from './serverProcess.ts';

let proxy: AwsProxy;
let server: HttpServer;
let client: TestClient;
let tools: ListedTool[];

beforeAll(async () => {
  // Nothing stands behind it: a call that got this far would fail the test.
  proxy = await startAwsProxy('http://127.0.0.1:9');
  server = await startServer('aws-cost', {
    AWS_ENDPOINT_URL: proxy.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    LOG_LEVEL: 'error',
  });
  client = await connect('v2 auto', { url: server.url });
  tools = await client.listTools();
  return async () => {
    await client.close();
    await server.stop();
    await proxy.close();
  };
});

/** A call that waits where the server says that it is called too fast. */
async function callPatiently(name: string, args: unknown) {
  for (;;) {
    const reply = await client.call(name, args);
    const { code, retryAfterMs = 0 } = ToolErrorMeta.parse(reply._meta?.[TOOL_ERROR_META_KEY]);
    expect(reply.isError).toBe(true);
    if (code !== 'THROTTLED') return code;
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
  }
}

const period = { start: '2026-10-01', end: '2026-10-02' };
const anything = fc.anything({ maxDepth: 3, withNullPrototype: false }).map(toJson);
const filter = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'large' },
    fc.record({
      dimension: fc.constantFrom('Tags:', 'Nothing', 'ServiceName '),
      in: fc.constant(['a']),
    }),
    fc.record({ and: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ not: tie('node'), or: fc.array(tie('node')) }),
    fc.record({ dimension: fc.constant('ServiceName'), in: fc.constant([]) }),
    fc.record({ dimension: fc.constant('ServiceName') }),
  ),
})).node;

// Every one of these is wrong in at least one argument.
const wrong = fc.oneof(
  fc.record({ unknownArgument: anything, period: fc.constant(period) }),
  fc
    .record({ period: fc.oneof(anything, fc.record({ start: anything, end: anything })) })
    .filter(({ period: given }) => JSON.stringify(given) !== JSON.stringify(period)),
  fc.record({ period: fc.constant(period), filter }),
  fc.record({
    period: fc.constant(period),
    limit: fc.oneof(fc.double({ min: 1001, noNaN: true }), fc.string(), fc.integer({ max: 0 })),
  }),
  fc.record({ period: fc.constant(period), cursor: fc.string({ minLength: 1, maxLength: 300 }) }),
  fc.record({
    period: fc.constant(period),
    groupBy: fc.array(fc.string(), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({ period: fc.constant(period), metrics: fc.array(fc.string(), { minLength: 1 }) }),
  fc.record({ period: fc.constant(period), granularity: fc.string(), orderBy: fc.string() }),
  fc.record({
    connectionIds: fc.array(fc.string({ minLength: 65 }), { minLength: 1 }),
    period: fc.constant(period),
  }),
);

test('wrong arguments get a refusal of our own, and nothing is asked of AWS', async () => {
  await fc.assert(
    fc.asyncProperty(wrong, async (args) => {
      const code = await callPatiently('query_costs', toJson(args));
      expect(['INVALID_ARGUMENT', 'UNSUPPORTED', 'CURSOR_EXPIRED']).toContain(code);
      expect(proxy.calls).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('no tool crashes on arguments of any form', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...tools.map(({ name }) => name)),
      fc.dictionary(fc.string(), anything),
      async (name, args) => {
        const unlikely = { ...(toJson(args) as object), 'not an argument': true };
        expect(await callPatiently(name, unlikely)).toBe('INVALID_ARGUMENT');
        expect(proxy.calls).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

test('no body brings the endpoint to a 5xx', async () => {
  const method = fc.constantFrom(
    'tools/call',
    'tools/list',
    'initialize',
    'server/discover',
    'ping',
    'x',
  );
  const message = fc.oneof(
    anything,
    fc.record({ jsonrpc: fc.constantFrom('2.0', '1.0'), id: anything, method, params: anything }),
    fc.record({
      jsonrpc: fc.constant('2.0'),
      id: fc.integer(),
      method: fc.constant('tools/call'),
      params: fc.record({
        name: fc.constantFrom('query_costs', '__proto__', 'constructor', 'toString'),
        arguments: anything,
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(message, async (body) => {
      const reply = await fetch(server.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify(toJson(body)),
      });
      expect(reply.status).toBeLessThan(500);
      await reply.text();
    }),
    { numRuns: 300 },
  );
  expect(proxy.calls).toEqual([]);
  expect(server.child.exitCode).toBeNull();
});

function toJson(value: unknown): unknown {
  // undefined has no JSON form, and TypeScript does not know.
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? String(item) : item,
  ) as string | undefined;
  return JSON.parse(text ?? 'null');
}
