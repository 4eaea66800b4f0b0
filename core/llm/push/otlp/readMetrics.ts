import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { MetricsExport, OtlpAttributes, OtlpPoint } from './exports.ts';
import { attribute, readAttributes } from './genAi.ts';
import {
  describeCall,
  fromUnixNano,
  type ReportedCall,
  type ReportedCalls,
} from './reportedCall.ts';

const METRIC = 'gen_ai.client.token.usage';
const DELTA = 1;
const METERS: Record<string, 'input' | 'output'> = {
  input: 'input',
  output: 'output',
  completion: 'output',
};

/**
 * The use that data points of `gen_ai.client.token.usage` tell of, a sum of calls each; other metrics are passed over. Input
 * is priced as fresh: the metric does not tell what came from the cache.
 */
export function readMetrics({ resourceMetrics }: MetricsExport): ReportedCalls {
  const found: ReportedCalls = { calls: [], rejections: [] };
  for (const { resource, scopeMetrics } of resourceMetrics) {
    for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
      if (metric.name !== METRIC) continue;
      const histogram = metric.histogram ?? metric.exponentialHistogram;
      for (const point of histogram?.dataPoints ?? []) {
        const call =
          histogram?.aggregationTemporality === DELTA
            ? readPoint(resource.attributes, point)
            : 'send deltas: OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta';
        if (typeof call === 'string') found.rejections.push(call);
        else found.calls.push(call);
      }
    }
  }
  return found;
}

function readPoint(resource: OtlpAttributes, point: OtlpPoint): ReportedCall | string {
  const attributes = readAttributes(resource, point.attributes);
  const described = describeCall(attributes);
  if (described.model === '') return 'no gen_ai.response.model or gen_ai.request.model';
  const meter = METERS[attribute(attributes, 'tokenType')];
  if (meter === undefined) return 'gen_ai.token.type is neither input nor output';
  const amount = Math.round(point.sum ?? NaN);
  if (!(amount >= 0 && amount <= 1e12)) return 'no sum';
  const { timeUnixNano, count } = point;
  return {
    ...described,
    callId: seriesId(resource, point),
    at: fromUnixNano(timeUnixNano),
    units: amount === 0 ? {} : { [meter]: String(amount) },
    // Each call stands in both of its series.
    requests: meter === 'input' ? Math.min(Math.max(Number(count), 0), 1e12) : 0,
    isSum: true,
  };
}

/** The same for the same point that comes again: its series, with all that tells its process apart, and its period. */
function seriesId(
  resource: OtlpAttributes,
  { attributes, startTimeUnixNano, timeUnixNano }: OtlpPoint,
): string {
  const sorted = [resource, attributes].map((list) =>
    list.map(({ key, value }) => [key, value ?? null] as const).sort(byKey),
  );
  const text = JSON.stringify([sorted, String(startTimeUnixNano), String(timeUnixNano)]);
  return `metric:${bytesToHex(sha256(utf8ToBytes(text)))}`;
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
