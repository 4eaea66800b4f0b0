import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import { CostGuardError } from '../../core/errors.ts';
import { authenticate, authorize, isFrom } from '../identity/authenticate.ts';
import { assertPasswordChanged } from '../identity/assertPasswordChanged.ts';
import type { Services } from '../services.ts';
import type { View } from '../teams/view.ts';
import { servicesWithin, toTeamRefusal } from '../teams/withinTeams.ts';
import { withIdempotency } from './idempotency.ts';
import { parseRequest } from './parseRequest.ts';
import type { Context, Route } from './route.ts';

type AnyContext = Context<undefined, undefined, undefined, 'signed_in'>;

/** How strict the server is with itself. */
export interface MountOptions {
  /** Also check each reply against its schema; a mismatch is our mistake and becomes a 500. For tests. */
  checkReplies?: boolean;
}

/** Registers every route on the app, and a 405 for other methods on the same paths. */
export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  services: Services,
  options: MountOptions = {},
): void {
  // An address of its own goes before a pattern that it fits as well, with all of its methods.
  const hasPattern = ({ path }: Route) => path.includes('{');
  mountPaths(
    app,
    routes.filter((route) => !hasPattern(route)),
    services,
    options,
  );
  mountPaths(app, routes.filter(hasPattern), services, options);
}

function mountPaths(
  app: Express,
  routes: readonly Route[],
  services: Services,
  options: MountOptions,
): void {
  for (const route of routes) {
    app[route.method](expressPath(route.path), toHandler(route, services, options));
  }
  for (const route of routes.filter(({ openTo }) => openTo !== undefined)) {
    app.options(expressPath(route.path), toPreflight(route, services));
  }
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    const path = expressPath(route.path);
    methods.set(path, [...(methods.get(path) ?? []), route.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    app.all(path, (_req, res) => {
      res.setHeader('Allow', allowed.join(', '));
      throw new CostGuardError('method_not_allowed', `Use ${allowed.join(' or ')} here.`);
    });
  }
}

/** Answers what a browser asks before it lets a page of another origin call a route. */
function toPreflight(route: Route, services: Services): RequestHandler {
  return (req, res) => {
    if (openToOrigin(route, services, req, res)) {
      res.setHeader('Access-Control-Allow-Methods', route.method.toUpperCase());
      res.setHeader('Access-Control-Allow-Headers', 'content-type, x-namespace');
      res.setHeader('Access-Control-Max-Age', '600');
    }
    res.status(204).end();
  };
}

/** Tells the browser that the one origin may read the reply; nothing to any other. */
function openToOrigin(route: Route, { env }: Services, req: Request, res: Response): boolean {
  if (route.openTo === undefined) return false;
  res.vary('Origin');
  const address = route.openTo(env);
  if (!isFrom(req, address)) return false;
  res.setHeader('Access-Control-Allow-Origin', new URL(address).origin);
  res.setHeader('Access-Control-Allow-Credentials', 'true');
  return true;
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function toHandler(route: Route, services: Services, options: MountOptions): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    run(route, services, options, req, res).catch(next);
  };
}

/** Public operations tell of nobody's data. */
const EVERYTHING: View = { teams: [], restricted: null };

async function run(
  route: Route,
  services: Services,
  options: MountOptions,
  req: Request,
  res: Response,
): Promise<void> {
  openToOrigin(route, services, req, res);
  const principal = await authenticate(services, req, route);
  authorize(principal, route.access);
  assertPasswordChanged(principal, route);
  const input = parseRequest(route, req);
  const view = principal === null ? EVERYTHING : await services.views.viewOf(principal);
  const context = {
    ...(await servicesWithin(services, route, view, input)),
    ...input,
    principal,
    view,
    requestLog: req.log,
    requestId: req.id as string,
    req,
    res,
  } as unknown as AnyContext;
  const handle = async () => {
    try {
      return (await route.handle(context)) as AnyReply | undefined;
    } catch (error) {
      throw toTeamRefusal(error, view);
    }
  };
  const reply =
    principal === null || route.method === 'get' || route.keepsNoReply === true
      ? await handle()
      : await withIdempotency(services, principal, route, req, input.body, handle);
  if (reply !== undefined) send(route, res, reply, options);
}

/** A reply without its route's types. */
export interface AnyReply {
  status: number;
  body?: unknown;
  headers?: Record<string, string | string[]>;
}

function send(route: Route, res: Response, reply: AnyReply, options: MountOptions): void {
  for (const [name, value] of Object.entries(reply.headers ?? {})) res.setHeader(name, value);
  res.status(reply.status);
  const schema = route.replies[reply.status];
  if (schema === undefined)
    throw new TypeError(`${route.path} answered an undocumented ${reply.status}.`);
  if (schema === null) {
    res.end();
    return;
  }
  if (options.checkReplies === true) schema.parse(reply.body);
  res.json(reply.body);
}
