import type { SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** What spans of version 1 of OpenTelemetry's SDK, in which those of workflows come, have in other places. */
type AnySpan = ReadableSpan & {
  parentSpanId?: string;
  instrumentationLibrary?: ReadableSpan['instrumentationScope'];
};

/** Every attribute that leaves: ids, kinds and addresses. Spans of workflows come with all that Temporal knows, amounts included. */
const ATTRIBUTES = new Set([
  ...['http.request.method', 'http.response.status_code', 'http.route', 'server.address'],
  ...['temporalWorkflowId', 'temporalActivityId', 'temporalUpdateId', 'run_id'],
  ...['workflowType', 'taskQueue', 'attempt'],
]);

/**
 * Passes ended spans on without the words of errors: messages and stacks may hold a name, an amount or a provider's answer,
 * and a trace goes to another system. What remains of an error is that there was one; the log has the rest.
 */
export function cleanSpans(next: SpanProcessor, resource: Resource): SpanProcessor {
  return {
    onStart: () => undefined,
    onEnd: (span) => {
      next.onEnd(clean(span, resource));
    },
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}

function clean(span: AnySpan, resource: Resource): ReadableSpan {
  const parent = span.parentSpanContext ?? parentOf(span);
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(parent !== undefined && { parentSpanContext: parent }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: { code: span.status.code },
    attributes: Object.fromEntries(
      Object.entries(span.attributes).filter(([name]) => ATTRIBUTES.has(name)),
    ),
    links: span.links,
    events: [],
    resource,
    instrumentationScope: scopeOf(span),
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** A span of version 1 has none, whatever the type says. */
const scopeOf = (span: AnySpan): ReadableSpan['instrumentationScope'] =>
  [span.instrumentationScope, span.instrumentationLibrary].find(Boolean) ?? { name: 'costguard' };

function parentOf(span: AnySpan): SpanContext | undefined {
  const { parentSpanId: spanId } = span;
  return spanId === undefined || spanId === '' ? undefined : { ...span.spanContext(), spanId };
}
