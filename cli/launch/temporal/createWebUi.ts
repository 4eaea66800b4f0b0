import express, { type Express, type Request, type Response } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import type { Logger } from 'pino';
import { z } from 'zod';
import { codecUrl, publicUiUrl } from '../../../core/config/addresses.ts';
import type { Env } from '../../../core/config/env.ts';

const TIMEOUT_MS = 10_000;

const Settings = z.looseObject({ Codec: z.looseObject({}).nullish() });

/**
 * Passes everything on to the development server's Web UI as it comes, but for its settings: they name our codec endpoint and
 * say that the browser sends its cookies there, which no flag of `temporal server start-dev` can (1.5.1; other servers read
 * TEMPORAL_CODEC_INCLUDE_CREDENTIALS).
 */
export function createWebUi(env: Env, upstreamUrl: string, log: Logger): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/api/v1/settings', (_req, res, next) => {
    readSettings(env, upstreamUrl)
      .then((settings) => res.setHeader('Cache-Control', 'no-store').json(settings))
      .catch(next);
  });
  app.use(createProxyMiddleware<Request, Response>({ target: upstreamUrl, xfwd: true }));
  app.use((error: unknown, _req: Request, res: Response, next: (error: unknown) => void) => {
    log.warn({ err: error }, 'the Temporal server’s Web UI did not answer');
    if (res.headersSent) next(error);
    else res.status(502).type('text').send('The Temporal server does not answer; try again.');
  });
  return app;
}

async function readSettings(env: Env, upstreamUrl: string): Promise<unknown> {
  const answer = await fetch(`${upstreamUrl}/api/v1/settings`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const settings = Settings.parse(await answer.json());
  return {
    ...settings,
    Codec: {
      ...settings.Codec,
      Endpoint: codecUrl(env),
      PassAccessToken: false,
      IncludeCredentials: true,
      DefaultErrorMessage: 'Sign in to CostGuard as an admin, then load this page again',
      DefaultErrorLink: publicUiUrl(env),
    },
  };
}
