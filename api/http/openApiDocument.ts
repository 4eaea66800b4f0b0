import {
  OpenApiGeneratorV31,
  OpenAPIRegistry,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import {
  ActionSavingDetail,
  NoBaselineReason,
  SavingEnd,
} from '../../core/contracts/actionSaving.ts';
import { PEOPLE_ONLY, Role, SCOPES, SERVICES_ONLY } from '../../core/contracts/access.ts';
import { Attribution } from '../../core/contracts/anomaly.ts';
import { SignInKind } from '../../core/contracts/identity.ts';
import { Problem } from '../../core/contracts/problem.ts';
import { MoneyContract } from '../../core/contracts/scalars.ts';
import { CostForecast } from '../../core/contracts/usage.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { isNotFoundCode } from '../../core/notFound.ts';
import { nullableReferences } from './nullableReferences.ts';
import { STATUS } from './problem.ts';
import type { Route } from './route.ts';

// The generator makes a component of the first use that it meets, and where that may be null it would let every other be
// null too; so what is null in places comes first, as itself. A test finds those that are missing here.
const NULLABLE_IN_PLACES = [
  MoneyContract,
  Role,
  SignInKind,
  Attribution,
  CostForecast,
  SavingEnd,
  NoBaselineReason,
  ActionSavingDetail,
];

/** The OpenAPI 3.1 document of the routes: the very objects that Express serves. `serverUrl` '/' means "where it was loaded from". */
export function openApiDocument(routes: readonly Route[], version: string) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'oauth2', {
    type: 'oauth2',
    description: 'A service account’s client id and secret',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: SCOPES } },
  });
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token, for instance of `costguard token`',
  });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'costguard_session',
    description: 'A browser session; writes also send X-CSRF-Token',
  });
  for (const route of routes) registry.registerPath(toPath(route));
  const first = NULLABLE_IN_PLACES.map((schema) => ({ type: 'schema' as const, schema }));
  const document = new OpenApiGeneratorV31([...first, ...registry.definitions]).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'CostGuard AI',
      version,
      description:
        'Costs, anomalies and actions. Money is an exact decimal with its currency, time is UTC, errors are RFC 9457 problem details.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
  });
  return nullableReferences(document);
}

function toPath(route: Route): RouteConfig {
  const hasBody = route.body !== undefined || route.bodyType === 'otlp';
  return {
    method: route.method,
    path: route.path,
    summary: route.summary,
    tags: [route.tag],
    operationId: operationId(route),
    security: security(route),
    request: {
      ...(route.params === undefined ? {} : { params: route.params as never }),
      ...(route.query === undefined ? {} : { query: route.query as never }),
      ...(hasBody ? { body: { required: needsBody(route), content: bodyContent(route) } } : {}),
    },
    responses: { ...problems(route), ...replies(route) },
  };
}

/** Whether something is said only with a body: a request without one is read as one without any field. */
const needsBody = ({ body }: Route): boolean => body?.safeParse({}).success === false;

function operationId(route: Route): string {
  const words = route.path
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '' && word !== 'api' && word !== 'v1');
  return [route.method, ...words]
    .map((w, i) => (i === 0 ? w : w.charAt(0).toUpperCase() + w.slice(1)))
    .join('');
}

function security(route: Route) {
  if (route.access === 'public') return [];
  const scopes = route.access === 'signed_in' ? [] : [route.access.scope];
  // People only: no token has such a scope.
  if (scopes.some((scope) => PEOPLE_ONLY.includes(scope))) return [{ session: [] }];
  const byToken = [{ oauth2: scopes }, { bearer: [] }];
  // Services only: no role of people has such a scope.
  return scopes.some((scope) => SERVICES_ONLY.includes(scope))
    ? byToken
    : [...byToken, { session: [] }];
}

function bodyContent(route: Route) {
  if (route.bodyType === 'otlp') {
    // The messages are OpenTelemetry's.
    const binary = z.string().meta({ format: 'binary' });
    return {
      'application/x-protobuf': { schema: binary },
      'application/json': { schema: z.looseObject({}) },
    };
  }
  const schema = route.body as never;
  return route.bodyType === 'form'
    ? { 'application/x-www-form-urlencoded': { schema }, 'application/json': { schema } }
    : { 'application/json': { schema } };
}

function replies(route: Route): RouteConfig['responses'] {
  return Object.fromEntries(
    Object.entries(route.replies).map(([status, schema]) => {
      const description = Number(status) < 300 ? 'Done' : 'Refused';
      if (schema === null) return [status, { description }];
      const types = [route.contentTypes?.[Number(status)] ?? 'application/json'].flat();
      const content = Object.fromEntries(types.map((type) => [type, { schema }]));
      return [status, { description, content }];
    }),
  );
}

/** What every operation of its kind may answer, and what this one names itself; grouped by status. */
function problems(route: Route): RouteConfig['responses'] {
  if (route.errorFormat === 'oauth') return {};
  const codes: ErrorCode[] = [...(route.errors ?? [])];
  if (route.path.startsWith('/api/')) codes.push('database_unavailable', 'unexpected');
  if (route.params !== undefined && !codes.some(isNotFoundCode)) codes.push('not_found');
  if (route.query !== undefined || route.body !== undefined) codes.push('invalid_request');
  if (route.body !== undefined || route.bodyType === 'otlp')
    codes.push('body_too_large', 'unsupported_media_type');
  if (route.access !== 'public') {
    codes.push('unauthenticated', 'forbidden');
    if (route.isOpenBeforePasswordChange !== true) codes.push('password_change_required');
    if (route.method !== 'get')
      codes.push(
        'csrf_failed',
        'idempotency_key_reused',
        'idempotency_key_in_use',
        'invalid_request',
      );
  }
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes))
    byStatus.set(STATUS[code], [...(byStatus.get(STATUS[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, found]) => [
      status,
      {
        description: found.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema: Problem } },
      },
    ]),
  );
}
