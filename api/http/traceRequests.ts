import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';

/**
 * A span for each request, with its method, route and status; what is done for the request belongs to it, and it to the
 * trace that the caller sent along. Costs nothing to speak of where no traces are sent.
 */
export function traceRequests(): RequestHandler {
  const tracer = trace.getTracer('costguard-api');
  return (req, res, next) => {
    const caller = propagation.extract(context.active(), req.headers);
    const attributes = { 'http.request.method': req.method };
    const span = tracer.startSpan(req.method, { kind: SpanKind.SERVER, attributes }, caller);
    res.once('close', () => {
      // Ids in paths would make a name of each request.
      const route = (req.route as { path?: string } | undefined)?.path;
      if (route !== undefined) {
        span.updateName(`${req.method} ${route}`);
        span.setAttribute('http.route', route);
      }
      span.setAttribute('http.response.status_code', res.statusCode);
      if (res.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(caller, span), next);
  };
}
