import type { Request } from 'express';
import { z } from 'zod';
import { Id } from '../../../core/contracts/scalars.ts';
import { CostGuardError } from '../../../core/errors.ts';
import { assignPayer, type Payer } from '../../../core/llm/push/otlp/assignPayer.ts';
import { MetricsExport, TracesExport } from '../../../core/llm/push/otlp/exports.ts';
import { METRICS_MESSAGE, TRACES_MESSAGE } from '../../../core/llm/push/otlp/messages.ts';
import {
  encodePartialSuccess,
  type PartialSuccess,
  toPartialSuccess,
} from '../../../core/llm/push/otlp/partialSuccess.ts';
import { readMetrics } from '../../../core/llm/push/otlp/readMetrics.ts';
import { readSpans } from '../../../core/llm/push/otlp/readSpans.ts';
import type { ReportedCalls } from '../../../core/llm/push/otlp/reportedCall.ts';
import { notFound } from '../../../core/notFound.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Services } from '../../services.ts';
import { acceptCalls } from './acceptCalls.ts';
import { isProtobuf, readOtlpBody } from './readOtlpBody.ts';

const HEADER = 'x-costguard-connection';
const CONNECTIONS_MAX = 20;

/** Takes spans of model calls (OpenTelemetry's conventions for generative AI) over OTLP/HTTP. */
export const pushOtlpTraces = otlpRoute({
  signal: 'traces',
  rejectedName: 'rejectedSpans',
  read: (req) => readSpans(readOtlpBody(req, TracesExport, TRACES_MESSAGE)),
});

/** Takes the metric of used tokens (OpenTelemetry's conventions for generative AI) over OTLP/HTTP. */
export const pushOtlpMetrics = otlpRoute({
  signal: 'metrics',
  rejectedName: 'rejectedDataPoints',
  read: (req) => readMetrics(readOtlpBody(req, MetricsExport, METRICS_MESSAGE)),
});

interface Signal {
  signal: 'traces' | 'metrics';
  rejectedName: string;
  read: (req: Request) => ReportedCalls;
}

/**
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp: the reply is of the request's type, 429 and 503 are tried again.
 * Errors are problem+json instead of a google.rpc.Status: exporters look at the status alone.
 */
function otlpRoute({ signal, rejectedName, read }: Signal): Route {
  return defineRoute({
    method: 'post',
    path: `/api/v1/usage/llm/v1/${signal}`,
    summary: `Report calls of language models as OpenTelemetry ${signal} (OTLP/HTTP)`,
    tag: 'Usage',
    access: { scope: 'usage:write' },
    bodyType: 'otlp',
    replies: { 200: z.looseObject({}) },
    contentTypes: { 200: ['application/x-protobuf', 'application/json'] },
    errors: ['invalid_request', 'connection_not_found', 'too_many_requests'],
    handle: async (context) => {
      const { req, res } = context;
      const partial = toPartialSuccess(await store(context, req, read(req)));
      if (isProtobuf(req)) {
        res.type('application/x-protobuf').send(Buffer.from(encodePartialSuccess(partial)));
      } else {
        res.json(partial === undefined ? {} : { partialSuccess: asJson(partial, rejectedName) });
      }
      return undefined;
    },
  });
}

function asJson({ rejected, message }: PartialSuccess, name: string): Record<string, string> {
  return { [name]: String(rejected), errorMessage: message };
}

/** Stores the calls that have a payer; returns a reason for each that was not taken. */
async function store(
  services: Services,
  req: Request,
  { calls: reported, rejections }: ReportedCalls,
): Promise<string[]> {
  const asked = connectionsOf(req);
  const named = reported.map((call) => call.connectionId).filter((id) => Id.safeParse(id).success);
  const providers = await services.providers([...asked, ...named]);
  if (asked.some((id) => !providers.has(id))) throw notFound('connection_not_found');
  const payers: Payer[] = [...providers].map(([id, provider]) => ({ id, provider }));
  const ofRequest = payers.filter(({ id }) => asked.includes(id));
  const assigned = reported.map((call) => assignPayer(call, payers, ofRequest));
  const outcomes = await acceptCalls(
    services,
    assigned.filter((call) => typeof call !== 'string'),
  );
  return [
    ...rejections,
    ...assigned.filter((reason) => typeof reason === 'string'),
    ...outcomes.filter((outcome) => outcome === 'too_old' || outcome === 'in_the_future'),
  ];
}

/** The connections in the request's header, by comma; their order does not count, their providers do. */
function connectionsOf(req: Request): string[] {
  const given = (req.header(HEADER) ?? '').split(',').map((id) => id.trim().toLowerCase());
  const ids = given.filter((id) => id !== '');
  if (ids.length > CONNECTIONS_MAX || ids.some((id) => !Id.safeParse(id).success)) {
    throw new CostGuardError('invalid_request', `Name the connections in ${HEADER} by their ids.`, {
      errors: [{ pointer: HEADER, detail: 'must be ids of connections, separated by commas' }],
    });
  }
  return ids;
}
