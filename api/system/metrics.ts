import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Prometheus metrics of this process: Node's own, and the duration of each route's requests. */
export interface Metrics {
  observe: RequestHandler;
  serve: RequestHandler;
}

/** A registry of its own, so that two apps in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    observe: (req: Request, res: Response, next: NextFunction) => {
      const end = duration.startTimer();
      res.on('finish', () => {
        // Ids in paths would make a series of each request.
        const route = (req.route as { path?: string } | undefined)?.path ?? 'other';
        end({ method: req.method, route, status: res.statusCode });
      });
      next();
    },
    serve: (_req, res, next) => {
      registry
        .metrics()
        .then((text) => res.type(registry.contentType).send(text))
        .catch(next);
    },
  };
}
