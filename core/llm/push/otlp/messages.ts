import type { ProtobufMessage } from './readProtobuf.ts';

// Only what is read: a prompt or an answer, which stands in an attribute of arrays or in an event, is never decoded unless it
// is a plain text, and is then dropped by its name.
const ATTRIBUTE: ProtobufMessage = {
  1: { name: 'key', kind: 'text' },
  2: {
    name: 'value',
    kind: 'message',
    of: {
      1: { name: 'stringValue', kind: 'text' },
      3: { name: 'intValue', kind: 'signed' },
      4: { name: 'doubleValue', kind: 'double' },
    },
  },
};

const RESOURCE: ProtobufMessage = {
  1: { name: 'attributes', kind: 'message', of: ATTRIBUTE, isList: true },
};

const SPAN: ProtobufMessage = {
  1: { name: 'traceId', kind: 'hex' },
  2: { name: 'spanId', kind: 'hex' },
  7: { name: 'startTimeUnixNano', kind: 'fixed' },
  8: { name: 'endTimeUnixNano', kind: 'fixed' },
  9: { name: 'attributes', kind: 'message', of: ATTRIBUTE, isList: true },
};

const HISTOGRAM_POINT: ProtobufMessage = {
  2: { name: 'startTimeUnixNano', kind: 'fixed' },
  3: { name: 'timeUnixNano', kind: 'fixed' },
  4: { name: 'count', kind: 'fixed' },
  5: { name: 'sum', kind: 'double' },
  9: { name: 'attributes', kind: 'message', of: ATTRIBUTE, isList: true },
};

const EXPONENTIAL_POINT: ProtobufMessage = {
  1: { name: 'attributes', kind: 'message', of: ATTRIBUTE, isList: true },
  2: { name: 'startTimeUnixNano', kind: 'fixed' },
  3: { name: 'timeUnixNano', kind: 'fixed' },
  4: { name: 'count', kind: 'fixed' },
  5: { name: 'sum', kind: 'double' },
};

const histogramOf = (point: ProtobufMessage): ProtobufMessage => ({
  1: { name: 'dataPoints', kind: 'message', of: point, isList: true },
  2: { name: 'aggregationTemporality', kind: 'enum' },
});

const METRIC: ProtobufMessage = {
  1: { name: 'name', kind: 'text' },
  9: { name: 'histogram', kind: 'message', of: histogramOf(HISTOGRAM_POINT) },
  10: { name: 'exponentialHistogram', kind: 'message', of: histogramOf(EXPONENTIAL_POINT) },
};

const request = (all: string, scopes: string, items: string, of: ProtobufMessage) => ({
  1: {
    name: all,
    kind: 'message' as const,
    isList: true,
    of: {
      1: { name: 'resource', kind: 'message' as const, of: RESOURCE },
      2: {
        name: scopes,
        kind: 'message' as const,
        isList: true,
        of: { 2: { name: items, kind: 'message' as const, isList: true, of } },
      },
    },
  },
});

/** `ExportTraceServiceRequest`. @see github.com/open-telemetry/opentelemetry-proto, trace/v1/trace.proto */
export const TRACES_MESSAGE: ProtobufMessage = request(
  'resourceSpans',
  'scopeSpans',
  'spans',
  SPAN,
);

/** `ExportMetricsServiceRequest`. @see github.com/open-telemetry/opentelemetry-proto, metrics/v1/metrics.proto */
export const METRICS_MESSAGE: ProtobufMessage = request(
  'resourceMetrics',
  'scopeMetrics',
  'metrics',
  METRIC,
);
