import { gzipSync } from 'node:zlib';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everythingStored, type PushWorld, startPushWorld, storedUsage } from './pushWorld.ts';

const SECRET = 'the patient has a cough';

let world: PushWorld;
beforeAll(async () => {
  world = await startPushWorld();
});
afterAll(() => world.api.close());

const path = (signal: string) => `/api/v1/usage/llm/v1/${signal}`;
const settings = (signal: string, connection: string) => ({
  url: `${world.api.url}${path(signal)}`,
  headers: { ...world.gateway.as, 'x-costguard-connection': connection },
});

const rowsOf = async (connectionId: string, model: string) =>
  (await storedUsage(world, connectionId)).filter((row) => row.model === model);

/** Ends spans with these attributes through a real SDK. */
async function record(
  exporter: SpanExporter,
  spans: readonly Record<string, string | number>[],
  resource: Record<string, string> = {},
): Promise<void> {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop', ...resource }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  for (const attributes of spans) {
    const span = provider.getTracer('test').startSpan('chat');
    span.setAttributes(attributes);
    span.addEvent('gen_ai.user.message', { content: SECRET });
    span.end();
  }
  await provider.shutdown();
}

const NEW_NAMES = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 1200,
  'gen_ai.usage.output_tokens': 340,
  'gen_ai.usage.cache_read.input_tokens': 1000,
  'gen_ai.usage.reasoning.output_tokens': 40,
  'gen_ai.input.messages': SECRET,
  'gen_ai.output.messages': SECRET,
  'gen_ai.prompt.0.content': SECRET,
  'costguard.user_tag': 'search',
};

describe.each([
  ['protobuf', ProtobufExporter, 'none'],
  ['protobuf and gzip', ProtobufExporter, 'gzip'],
  ['JSON', JsonExporter, 'none'],
  ['JSON and gzip', JsonExporter, 'gzip'],
] as const)('the SDK’s exporter of spans in %s', (name, Exporter, compression) => {
  const exporter = (connection: string) =>
    new Exporter({ ...settings('traces', connection), compression: compression as never });

  test('new names', async () => {
    const model = `gpt-4o-new-${name}`;
    const span = { ...NEW_NAMES, 'gen_ai.response.model': model };
    await record(exporter(world.openai), [
      { ...span, 'gen_ai.response.id': `a ${name}` },
      { ...span, 'gen_ai.response.id': `b ${name}` },
      { ...span, 'gen_ai.response.id': `a ${name}` },
    ]);
    const rows = await rowsOf(world.openai, model);
    const sum = (column: keyof (typeof rows)[number]) =>
      rows.reduce((total, row) => total + Number(row[column]), 0);
    expect(rows[0]).toMatchObject({ endpoint: 'completions', user_tag: 'search', source: 'push' });
    expect({
      input: sum('input_tokens'),
      cached: sum('cached_input_tokens'),
      output: sum('output_tokens'),
      reasoning: sum('reasoning_tokens'),
      requests: sum('requests'),
    }).toEqual({ input: 400, cached: 2000, output: 600, reasoning: 80, requests: 2 });
  });

  test('old names, and spans known by their ids alone', async () => {
    const model = `claude-old-${name}`;
    const span = {
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': model,
      'gen_ai.usage.prompt_tokens': 30,
      'gen_ai.usage.completion_tokens': 4,
      'gen_ai.prompt': SECRET,
      'gen_ai.completion': SECRET,
    };
    await record(exporter(`${world.openai}, ${world.anthropic}`), [span, span]);
    const rows = await rowsOf(world.anthropic, model);
    expect(rows.reduce((sum, row) => sum + Number(row.requests), 0)).toBe(2);
    expect(rows.reduce((sum, row) => sum + Number(row.input_tokens), 0)).toBe(60);
    expect(rows[0]?.endpoint).toBe('messages');
  });
});

test('a resource names the connection; agents, tools and other spans do not count', async () => {
  const exporter = new ProtobufExporter(settings('traces', ''));
  const span = { ...NEW_NAMES, 'gen_ai.response.model': 'by-resource' };
  await record(
    exporter,
    [
      { ...span, 'gen_ai.response.id': 'resource-1' },
      { ...span, 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.response.id': 'resource-2' },
      { 'http.request.method': 'GET', 'url.full': SECRET },
    ],
    { 'costguard.connection': world.openai },
  );
  expect(await rowsOf(world.openai, 'by-resource')).toMatchObject([{ requests: '1' }]);
});

test('the SDK’s exporter of metrics in deltas, and that the same export again adds nothing', async () => {
  const exporter = new OTLPMetricExporter({
    ...settings('metrics', world.openai),
    temporalityPreference: AggregationTemporality.DELTA,
  });
  const provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  const histogram = provider.getMeter('test').createHistogram('gen_ai.client.token.usage');
  provider.getMeter('test').createHistogram('http.client.duration').record(3);
  const attributes = { 'gen_ai.system': 'openai', 'gen_ai.response.model': 'by-metric' };
  for (const amount of [10, 20, 30])
    histogram.record(amount, { ...attributes, 'gen_ai.token.type': 'input' });
  histogram.record(7, { ...attributes, 'gen_ai.token.type': 'output' });
  await provider.forceFlush();
  histogram.record(5, { ...attributes, 'gen_ai.token.type': 'output' });
  await provider.shutdown();
  const rows = await rowsOf(world.openai, 'by-metric');
  const sum = (column: 'input_tokens' | 'output_tokens' | 'requests') =>
    rows.reduce((total, row) => total + Number(row[column]), 0);
  expect([sum('input_tokens'), sum('output_tokens'), sum('requests')]).toEqual([60, 12, 3]);
});

const nano = (ms: number) => `${ms}000000`;
const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
});
const spanOf = (given: Record<string, string | number>, at = Date.now()) => ({
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  endTimeUnixNano: nano(at),
  attributes: Object.entries({
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'by-hand',
    'gen_ai.usage.input_tokens': 10,
    ...given,
  }).map(([key, value]) => attribute(key, value)),
});
const traces = (spans: readonly unknown[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const post = (signal: string, body: unknown, headers: Record<string, string> = {}) =>
  world.api.call('POST', path(signal), {
    as: world.gateway.as,
    body,
    headers: { 'x-costguard-connection': world.openai, ...headers },
  });

describe('replies', () => {
  test('what is not taken is counted and told, the rest is stored', async () => {
    const id = 'gen_ai.response.id';
    const day = 86_400_000;
    const reply = await post(
      'traces',
      traces([
        spanOf({ [id]: 'taken' }),
        spanOf({ [id]: 'old' }, Date.now() - 36 * day),
        spanOf({ [id]: 'bedrock', 'gen_ai.provider.name': 'aws.bedrock' }),
        spanOf({ [id]: 'nameless', 'gen_ai.response.model': '' }),
      ]),
    );
    expect(reply.status).toBe(200);
    const { partialSuccess } = reply.body as { partialSuccess: Record<string, string> };
    expect(partialSuccess['rejectedSpans']).toBe('3');
    expect(partialSuccess['errorMessage']).toMatch(/too_old/);
    expect(partialSuccess['errorMessage']).toMatch(/gen_ai.provider.name/);
    expect(await rowsOf(world.openai, 'by-hand')).toMatchObject([{ requests: '1' }]);
    expect((await post('traces', traces([spanOf({ [id]: 'taken' })]))).body).toEqual({});
  });

  test('in protobuf too', async () => {
    // ExportTraceServiceRequest > ResourceSpans > ScopeSpans > Span with gen_ai.usage.input_tokens = 1, without a model.
    const message = (field: number, bytes: Buffer) =>
      Buffer.concat([Buffer.from([(field << 3) | 2, bytes.length]), bytes]);
    const pair = message(
      9,
      Buffer.concat([
        message(1, Buffer.from('gen_ai.usage.input_tokens')),
        message(2, Buffer.from([3 << 3, 1])),
      ]),
    );
    const body = message(1, message(2, message(2, pair)));
    const response = await fetch(`${world.api.url}${path('traces')}`, {
      method: 'POST',
      headers: {
        ...world.gateway.as,
        'content-type': 'application/x-protobuf',
        'content-encoding': 'gzip',
      },
      body: gzipSync(body),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([...bytes.subarray(0, 4)]).toEqual([0x0a, bytes.length - 2, 0x08, 1]);
    expect(bytes.toString()).toContain('1: no gen_ai.response.model');
  });

  test('sums since the start are rejected with what to set', async () => {
    const reply = await post('metrics', {
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'gen_ai.client.token.usage',
                  histogram: { aggregationTemporality: 2, dataPoints: [{ count: '1', sum: 3 }] },
                },
              ],
            },
          ],
        },
      ],
    });
    expect(reply.body).toMatchObject({ partialSuccess: { rejectedDataPoints: '1' } });
    expect(reply.text).toMatch(/TEMPORALITY_PREFERENCE=delta/);
  });

  test.each(['nonsense', '00000000-0000-4000-8000-000000000000'])(
    'a connection %s in the header is refused',
    async (id) => {
      const reply = await post('traces', traces([]), { 'x-costguard-connection': id });
      expect(reply.status).toBe(id === 'nonsense' ? 400 : 404);
    },
  );

  test.each([
    ['application/json', `{"resourceSpans": "${SECRET}`],
    ['application/json', `{"resourceSpans": "${SECRET}"}`],
    ['application/x-protobuf', `\n${SECRET}`],
  ])('a body of %s that is none is 400, and is not quoted', async (type, rawBody) => {
    const reply = await world.api.call('POST', path('traces'), {
      as: world.gateway.as,
      rawBody,
      headers: { 'content-type': type },
    });
    expect(reply.refusal()).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(reply.text).not.toContain('patient');
  });

  test('a key in place of its id is not stored', async () => {
    await post(
      'traces',
      traces([
        spanOf({
          'gen_ai.response.id': 'keyed',
          'costguard.api_key_id': 'sk-live-1234',
          'gen_ai.response.model': 'keyed',
        }),
      ]),
    );
    expect(await rowsOf(world.openai, 'keyed')).toMatchObject([{ api_key_id: '' }]);
    expect(await everythingStored(world)).not.toContain('sk-live');
  });
});

test('no prompt and no answer stands in the database or in the log', async () => {
  expect(await rowsOf(world.openai, 'by-hand')).not.toEqual([]);
  expect(await everythingStored(world)).not.toContain('cough');
  expect(world.api.logLines.join('\n')).not.toContain('cough');
});
