import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { CostGuardError } from '../../core/errors.ts';
import { isDatabaseAway } from '../../db/isDatabaseAway.ts';
import { toProblem } from './problem.ts';

/** Their clients know errors of RFC 6749 section 5.2 and no others. */
const OAUTH_PATHS = ['/oauth/token', '/oauth/revoke'];

/** Turns every error into problem+json; the log gets what the client must not see. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, req: Request, res: Response, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const refused = toCostGuardError(error);
    const requestId = req.id as string;
    const problem = toProblem(refused, requestId);
    const facts = { code: refused.code, internal: refused.internal, requestId };
    // What a caller did wrong is told without the error: that of a body that is no JSON quotes the body, and so passwords.
    if (problem.status >= 500) log.error({ ...facts, err: error }, 'request failed');
    else log.debug({ ...facts, errors: refused.errors }, 'request refused');
    if (refused.retryAfterMs !== undefined) {
      res.setHeader('Retry-After', Math.ceil(refused.retryAfterMs / 1000));
    }
    if (problem.status === 401) res.setHeader('WWW-Authenticate', 'Bearer realm="costguard"');
    if (OAUTH_PATHS.includes(req.path)) {
      sendOAuthError(res, problem.status, problem.detail);
      return;
    }
    res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}

/** RFC 6749 section 5.2. */
function sendOAuthError(res: Response, status: number, detail: string): void {
  const error = status >= 500 ? 'server_error' : 'invalid_request';
  res.status(status).json({ error, error_description: detail });
}

function toCostGuardError(error: unknown): CostGuardError {
  if (error instanceof CostGuardError) return error;
  const { type, limit } = (error ?? {}) as { type?: unknown; limit?: unknown };
  switch (type) {
    case 'entity.too.large':
      return new CostGuardError('body_too_large', `Send at most ${Number(limit) / 1e6} MB.`, {
        cause: error,
      });
    case 'entity.parse.failed':
    case 'request.size.invalid':
    case 'request.aborted':
      return new CostGuardError('invalid_request', 'Send valid JSON.', {
        cause: error,
        errors: [{ pointer: '', detail: 'is not valid JSON' }],
      });
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new CostGuardError('unsupported_media_type', 'Send UTF-8 without compression.', {
        cause: error,
      });
    default:
  }
  if (error instanceof URIError)
    return new CostGuardError('not_found', 'Check the address.', { cause: error });
  if (isDatabaseAway(error)) {
    return new CostGuardError(
      'database_unavailable',
      'Try again in a minute; if it stays, check that Postgres runs.',
      { cause: error, retryAfterMs: 5_000 },
    );
  }
  return new CostGuardError(
    'unexpected',
    'Try again; if it stays, give the request id to whoever runs CostGuard: the log has the cause.',
    { cause: error },
  );
}
