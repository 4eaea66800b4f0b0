import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { CostGuardError } from '../../core/errors.ts';
import { toProblem } from '../http/problem.ts';

/** Passes requests on to the API. */
export interface ApiProxy {
  handle: RequestHandler;
  /** Ends the open event streams; browsers come back by themselves. */
  endStreams: () => void;
}

const PATHS = /^\/(api|docs|oauth|\.well-known)(\/|\?|$)|^\/openapi\.json(\?|$)/;

/**
 * Passes what belongs to the API on to it as it came, its Host included: the API compares it with the Origin. Replies
 * stream through unbuffered. While the API is away the caller gets a problem like those of the API.
 */
export function createApiProxy(apiUrl: string): ApiProxy {
  const streams = new Set<Response>();
  const handle = createProxyMiddleware<Request, Response>({
    target: apiUrl,
    pathFilter: (path) => PATHS.test(path),
    xfwd: true,
    // Its own plugins answer errors as plain text.
    ejectPlugins: true,
    plugins: [
      (proxy) => {
        proxy.on('error', (error, req, res) => {
          if (!('setHeader' in res)) return;
          answerUnavailable(error, req, res);
        });
        proxy.on('proxyReq', (proxyReq, req, res) => {
          proxyReq.setHeader('X-Request-Id', req.id as string);
          // http-proxy notices only callers who leave while they send; one who leaves a stream would keep it open.
          res.on('close', () => proxyReq.destroy());
        });
        proxy.on('proxyRes', (proxyRes, _req, res) => {
          passEndOn(proxyRes, res);
          if (!/^text\/event-stream/.test(proxyRes.headers['content-type'] ?? '')) return;
          streams.add(res);
          res.on('close', () => streams.delete(res));
        });
      },
    ],
  });
  return {
    handle: (req, res, next) => void handle(req, res, next),
    endStreams: () => {
      for (const res of streams) res.end();
    },
  };
}

/** An API that dies while it answers must not leave the caller waiting for the rest. */
function passEndOn(proxyRes: IncomingMessage, res: Response): void {
  proxyRes.on('close', () => {
    if (!proxyRes.complete) res.destroy();
  });
}

function answerUnavailable(error: Error, req: Request, res: Response): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  req.log.warn({ err: error }, 'the API did not answer');
  const away = new CostGuardError(
    'api_unavailable',
    'Try again in a few seconds; if it stays, check that the API runs.',
  );
  const problem = toProblem(away, req.id as string);
  res.setHeader('Retry-After', 5);
  res.setHeader('Cache-Control', 'no-store');
  res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
