import type { PushedCall } from '../pushedCall.ts';
import { attribute, type GenAiAttributes } from './genAi.ts';

/** A call that telemetry tells of, before it is known who pays for it; '' for a connection or provider that it does not name. */
export interface ReportedCall extends Omit<PushedCall, 'provider' | 'endpoint'> {
  provider: string;
  operation: string;
}

/** Calls of an export, and why what should have been calls are none. */
export interface ReportedCalls {
  calls: ReportedCall[];
  /** One reason for each span or data point that was not understood. */
  rejections: string[];
}

/** What spans and data points tell alike. */
export function describeCall(
  attributes: GenAiAttributes,
): Omit<ReportedCall, 'callId' | 'at' | 'units' | 'requests' | 'isSum'> {
  return {
    connectionId: attribute(attributes, 'connection').toLowerCase(),
    provider: attribute(attributes, 'provider'),
    operation: attribute(attributes, 'operation'),
    model: attribute(attributes, 'model'),
    apiKeyId: attribute(attributes, 'apiKeyId'),
    projectId: attribute(attributes, 'projectId'),
    serviceTier: attribute(attributes, 'serviceTier'),
    userTag: attribute(attributes, 'userTag'),
  };
}

// The last millisecond that a Date can hold.
const MS_MAX = 8.64e15;

/** A time of OTLP, nanoseconds since 1970. */
export function fromUnixNano(nanoseconds: string | number): Date {
  return new Date(Math.min(Math.max(Math.trunc(Number(nanoseconds) / 1e6), 0), MS_MAX));
}
