import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Env } from '../../core/config/env.ts';
import type { Scope } from '../../core/contracts/access.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { Principal } from '../identity/principal.ts';
import type { Services } from '../services.ts';
import type { Reach } from '../teams/reach.ts';
import type { View } from '../teams/view.ts';

type Schema = z.ZodType | undefined;
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;

/** `public`: anybody; `signed_in`: any person or service; else whoever holds the scope. */
export type Access = 'public' | 'signed_in' | { scope: Scope };

/** What an operation gets; everything in it is already validated and allowed. */
export interface Context<
  P extends Schema,
  Q extends Schema,
  B extends Schema,
  A extends Access,
> extends Services {
  params: Parsed<P>;
  query: Parsed<Q>;
  body: Parsed<B>;
  principal: A extends 'public' ? Principal | null : Principal;
  /** What of the data the caller sees; `db` and `pool` (its `connect`) of a read already show no more than that. */
  view: View;
  requestLog: Logger;
  requestId: string;
  req: Request;
  res: Response;
}

/** A reply of an operation: one of its documented statuses with that status's body. */
export type Reply<R extends Replies> = {
  [S in keyof R & number]: {
    status: S;
    body: R[S] extends z.ZodType ? z.input<R[S]> : undefined;
    headers?: Record<string, string | string[]>;
  };
}[keyof R & number];

type Replies = Record<number, z.ZodType | null>;

/** One operation as data: Express, the OpenAPI document and the tests all read this object. */
export interface Route<
  P extends Schema = Schema,
  Q extends Schema = Schema,
  B extends Schema = Schema,
  A extends Access = Access,
  R extends Replies = Replies,
> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI form: `/api/v1/actions/{id}`. */
  path: string;
  summary: string;
  tag: string;
  access: A;
  /** Also open to whoever still has to change a one-time password. */
  isOpenBeforePasswordChange?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  /**
   * Default JSON; `form` also takes application/x-www-form-urlencoded, as OAuth asks; `otlp` takes JSON or protobuf up to 8 MB,
   * which the operation reads itself: `req.body` is a Buffer, and there is no `body`.
   */
  bodyType?: 'json' | 'form' | 'otlp';
  /**
   * The pages of another origin that may call it from the browser of whoever is signed in. It may change nothing: their Origin
   * stands in for the CSRF token.
   */
  openTo?: (env: Env) => string;
  replies: R;
  /** What members of teams may do with it; left out, a read shows what they see and a write is refused. */
  reach?: Reach;
  /** The reply is a secret that may not be kept for a repetition: an Idempotency-Key is ignored. */
  keepsNoReply?: boolean;
  /** What the operation itself may refuse, besides validation and access. */
  errors?: readonly ErrorCode[];
  /** Replies that are not JSON, by status, for the document. */
  contentTypes?: Record<number, string | readonly string[]>;
  /** Default problem+json; the token endpoint answers as RFC 6749 says. */
  errorFormat?: 'problem' | 'oauth';
  /** Returns a reply, or undefined when it has written to `res` itself (streams). */
  handle: (context: Context<P, Q, B, A>) => Promise<Reply<NoInfer<R>> | undefined>;
}

/** Gives a route its types; returns it as it is. */
export function defineRoute<
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  A extends Access = Access,
  const R extends Replies = Replies,
>(route: Route<P, Q, B, A, R>): Route {
  return route as unknown as Route;
}
