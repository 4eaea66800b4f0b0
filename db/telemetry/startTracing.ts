import { context, propagation, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { costMcpUrl, internalApiUrl } from '../../core/config/addresses.ts';
import type { Env } from '../../core/config/env.ts';
import { Provider } from '../../core/contracts/scalars.ts';
import { cleanSpans } from './cleanSpans.ts';
import { traceHttpCalls } from './traceHttpCalls.ts';

/** Traces of this process. */
export interface Tracing {
  tracer: Tracer;
  /** Where spans made elsewhere (in the sandbox of workflows) go. */
  processor: SpanProcessor;
  /** Sends what is left. */
  stop: () => Promise<void>;
}

/**
 * Sends OpenTelemetry traces of this process to OTEL_EXPORTER_OTLP_ENDPOINT (OTLP over HTTP, JSON); undefined, and nothing is
 * changed, where that is not set. Requests to our own parts carry the trace along (W3C Trace Context), those to others do
 * not. Here, beside the database, because API and workers both use it.
 *
 * @param name the part: `service.name`
 */
export function startTracing(env: Env, name: string): Tracing | undefined {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  const resource = resourceFromAttributes({
    'service.namespace': 'costguard',
    'service.name': `costguard-${name}`,
  });
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const processor = cleanSpans(new BatchSpanProcessor(exporter), resource);
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer('costguard');
  const own = [internalApiUrl(env), ...Provider.options.map((one) => costMcpUrl(env, one))];
  const stopCalls = traceHttpCalls(tracer, {
    ownOrigins: new Set(own.map((url) => new URL(url).origin)),
    untraced: new URL(endpoint).host,
  });
  return {
    tracer,
    processor,
    stop: async () => {
      stopCalls();
      await provider.shutdown();
    },
  };
}
