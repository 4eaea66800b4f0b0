import { createRequire } from 'node:module';
import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { OpenTelemetryActivityInboundInterceptor } from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import type { Tracing } from '../db/telemetry/startTracing.ts';

const require = createRequire(import.meta.url);

/** A span as it leaves the sandbox of workflows: copied, so without methods. */
type WorkflowSpan = Omit<ReadableSpan, 'spanContext'> & { spanContext: SpanContext };

/**
 * What makes a worker trace its workflows and activities.
 *
 * @param inner interceptors of activities that stand inside: a span sees failures as they made them
 */
export function tracedWorker(
  { processor, tracer }: Tracing,
  inner: readonly ActivityInterceptorsFactory[],
): Pick<WorkerOptions, 'interceptors' | 'sinks'> {
  return {
    interceptors: {
      activity: [
        (ctx) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(ctx, { tracer }) }),
        ...inner,
      ],
      workflowModules: [
        require.resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors.js'),
      ],
    },
    sinks: {
      exporter: {
        export: {
          fn: ({ workflowType, taskQueue }: WorkflowInfo, spans: WorkflowSpan[]) => {
            for (const { attributes, spanContext, ...span } of spans)
              processor.onEnd({
                ...span,
                attributes: { ...attributes, workflowType, taskQueue },
                spanContext: () => spanContext,
              });
          },
        },
      },
    },
  };
}
