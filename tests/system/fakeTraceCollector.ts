import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const Value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
});
const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(z.object({ key: z.string(), value: Value })) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.looseObject({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              attributes: z.array(z.object({ key: z.string(), value: Value })).default([]),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** A span as it came in. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  service: string;
  attributes: Record<string, unknown>;
}

/** Takes the place of an OpenTelemetry collector: OTLP over HTTP in JSON, kept in memory. */
export interface FakeTraceCollector {
  url: string;
  spans: ReceivedSpan[];
  /** All that came in, as text. */
  texts: string[];
  close: () => Promise<void>;
}

/** Starts it on a free loopback port. */
export async function startFakeTraceCollector(): Promise<FakeTraceCollector> {
  const spans: ReceivedSpan[] = [];
  const texts: string[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      texts.push(JSON.stringify(body));
      spans.push(...toSpans(body));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    texts,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toSpans(body: unknown): ReceivedSpan[] {
  return Export.parse(body).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(toRecord(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ attributes, name, parentSpanId, spanId, traceId }) => ({
        ...{ traceId, spanId, parentSpanId, name, service },
        attributes: toRecord(attributes),
      })),
    );
  });
}

const toRecord = (attributes: { key: string; value: z.infer<typeof Value> }[]) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
  );
