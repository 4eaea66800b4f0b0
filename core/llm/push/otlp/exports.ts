import { z } from 'zod';

// 64-bit numbers are texts in OTLP's JSON; some senders write numbers all the same. Unknown fields are passed over.
const whole = z.union([z.string().regex(/^-?\d{1,20}$/), z.number()]);

const Attributes = z
  .array(
    z.object({
      key: z.string(),
      value: z
        .object({
          stringValue: z.string().optional(),
          intValue: whole.optional(),
          doubleValue: z.number().optional(),
        })
        .optional(),
    }),
  )
  .default([]);

/** Attributes of a resource, a span or a data point. */
export type OtlpAttributes = z.infer<typeof Attributes>;

const Resource = z.object({ attributes: Attributes }).default({ attributes: [] });

const Span = z.object({
  traceId: z.string().max(64).default(''),
  spanId: z.string().max(64).default(''),
  startTimeUnixNano: whole.default('0'),
  endTimeUnixNano: whole.default('0'),
  attributes: Attributes,
});

/** A span, as far as it is read. */
export type OtlpSpan = z.infer<typeof Span>;

const Point = z.object({
  startTimeUnixNano: whole.default('0'),
  timeUnixNano: whole.default('0'),
  count: whole.default('0'),
  sum: z.number().optional(),
  attributes: Attributes,
});

/** A data point of a histogram, as far as it is read. */
export type OtlpPoint = z.infer<typeof Point>;

const Histogram = z.object({
  dataPoints: z.array(Point).default([]),
  aggregationTemporality: z.number().default(0),
});

/** `ExportTraceServiceRequest`, as far as it is read. */
export const TracesExport = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: Resource,
        scopeSpans: z.array(z.object({ spans: z.array(Span).default([]) })).default([]),
      }),
    )
    .default([]),
});

/** `ExportTraceServiceRequest`, as far as it is read. */
export type TracesExport = z.infer<typeof TracesExport>;

/** `ExportMetricsServiceRequest`, as far as it is read. */
export const MetricsExport = z.object({
  resourceMetrics: z
    .array(
      z.object({
        resource: Resource,
        scopeMetrics: z
          .array(
            z.object({
              metrics: z
                .array(
                  z.object({
                    name: z.string().default(''),
                    histogram: Histogram.optional(),
                    exponentialHistogram: Histogram.optional(),
                  }),
                )
                .default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/** `ExportMetricsServiceRequest`, as far as it is read. */
export type MetricsExport = z.infer<typeof MetricsExport>;
