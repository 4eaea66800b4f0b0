import diagnostics from 'node:diagnostics_channel';
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';

/** Which requests carry the trace along, and which are no part of it. */
export interface TracedCalls {
  /** `http://host:port` of our own parts. */
  ownOrigins: ReadonlySet<string>;
  /** `host:port` of the collector of traces. */
  untraced: string;
}

/** What Node tells of a request of `node:http`. */
interface HttpRequest {
  method: string;
  host: string;
  getHeader: (name: string) => unknown;
  once: (event: 'close', listen: () => void) => unknown;
}

/** What Node tells of a request of `fetch`. */
interface FetchRequest {
  origin: string;
  method: string;
  addHeader: (name: string, value: string) => unknown;
}

/**
 * A span for each request that this process makes within a span, by `fetch` or `node:http` (which the providers' SDKs use):
 * method, host and status, never path, query or body. Node tells of them itself, so no library is changed.
 *
 * @returns ends it
 * @see https://nodejs.org/api/diagnostics_channel.html#built-in-channels
 */
export function traceHttpCalls(tracer: Tracer, { ownOrigins, untraced }: TracedCalls): () => void {
  const spans = new WeakMap<object, Span>();
  const begin = (request: object, method: string, host: string): Span | undefined => {
    if (host === untraced || trace.getActiveSpan() === undefined) return undefined;
    const attributes = { 'http.request.method': method, 'server.address': host };
    const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes });
    spans.set(request, span);
    return span;
  };
  const end = (request: object, status?: number) => {
    const span = spans.get(request);
    if (span === undefined) return;
    spans.delete(request);
    if (status === undefined || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    if (status !== undefined) span.setAttribute('http.response.status_code', status);
    span.end();
  };
  const listeners: Record<string, (message: unknown) => void> = {
    'http.client.request.start': (message) => {
      const { request } = message as { request: HttpRequest };
      const host = request.getHeader('host');
      begin(request, request.method, typeof host === 'string' ? host : request.host);
      // Without an answer: there is no channel for it in every version.
      request.once('close', () => end(request));
    },
    'http.client.response.finish': (message) => {
      const { request, response } = message as {
        request: HttpRequest;
        response: { statusCode: number };
      };
      end(request, response.statusCode);
    },
    'undici:request:create': (message) => {
      const { request } = message as { request: FetchRequest };
      const span = begin(request, request.method, new URL(request.origin).host);
      if (span === undefined || !ownOrigins.has(request.origin)) return;
      const headers: Record<string, string> = {};
      propagation.inject(trace.setSpan(context.active(), span), headers);
      for (const [name, value] of Object.entries(headers)) request.addHeader(name, value);
    },
    'undici:request:headers': (message) => {
      const { request, response } = message as {
        request: FetchRequest;
        response: { statusCode: number };
      };
      end(request, response.statusCode);
    },
    'undici:request:error': (message) => {
      end((message as { request: FetchRequest }).request);
    },
  };
  for (const [channel, listener] of Object.entries(listeners))
    diagnostics.subscribe(channel, listener);
  return () => {
    for (const [channel, listener] of Object.entries(listeners))
      diagnostics.unsubscribe(channel, listener);
  };
}
