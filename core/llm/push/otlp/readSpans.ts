import { disjointUnitsOfAny } from '../disjointUnits.ts';
import type { OtlpAttributes, OtlpSpan, TracesExport } from './exports.ts';
import { attribute, readAttributes, tokensOf } from './genAi.ts';
import {
  describeCall,
  fromUnixNano,
  type ReportedCall,
  type ReportedCalls,
} from './reportedCall.ts';

// Spans of agents and workflows carry the sums of the calls within them, which have spans of their own.
const CALLS = new Set([
  '',
  'chat',
  'text_completion',
  'embeddings',
  'generate_content',
  'completion',
]);

/** The calls that spans tell of; spans of other things are passed over. A call is known by its reply's id, else by its span. */
export function readSpans({ resourceSpans }: TracesExport): ReportedCalls {
  const found: ReportedCalls = { calls: [], rejections: [] };
  for (const { resource, scopeSpans } of resourceSpans) {
    for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
      const call = readSpan(resource.attributes, span);
      if (typeof call === 'string') found.rejections.push(call);
      else if (call !== undefined) found.calls.push(call);
    }
  }
  return found;
}

function readSpan(resource: OtlpAttributes, span: OtlpSpan): ReportedCall | string | undefined {
  const attributes = readAttributes(resource, span.attributes);
  const tokens = tokensOf(attributes);
  if (tokens === undefined || !CALLS.has(attribute(attributes, 'operation'))) return undefined;
  const described = describeCall(attributes);
  if (described.model === '') return 'no gen_ai.response.model or gen_ai.request.model';
  const responseId = attribute(attributes, 'responseId');
  if (responseId === '' && (span.traceId === '' || span.spanId === ''))
    return 'no gen_ai.response.id, trace id and span id';
  const end = fromUnixNano(span.endTimeUnixNano);
  return {
    ...described,
    callId: responseId === '' ? `${span.traceId}:${span.spanId}`.toLowerCase() : responseId,
    at: end.getTime() > 0 ? end : fromUnixNano(span.startTimeUnixNano),
    units: disjointUnitsOfAny(tokens),
    requests: 1,
    isSum: false,
  };
}
