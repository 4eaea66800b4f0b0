import { extname, join, sep } from 'node:path';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { CostGuardError } from '../../core/errors.ts';
import { errorHandler } from '../http/errorHandler.ts';
import { requestLog } from '../http/requestLog.ts';
import { createApiProxy } from './apiProxy.ts';
import { precompressed } from './precompressed.ts';

/** The dashboard's server, and how to end the streams it passes on. */
export interface Dashboard {
  app: Express;
  endStreams: () => void;
}

/** Serves the built single-page app from `uiFolder` and passes the API's addresses on to `apiUrl`: one origin for both. */
export function createDashboard(options: {
  apiUrl: string;
  uiFolder: string;
  log: Logger;
}): Dashboard {
  const app = express();
  const proxy = createApiProxy(options.apiUrl);
  app.disable('x-powered-by');
  app.use(requestLog(options.log));
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: POLICY } }));
  app.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  app.use(proxy.handle);
  app.use(precompressed(options.uiFolder));
  app.use(express.static(options.uiFolder, { index: false, redirect: false, setHeaders }));
  app.use(appPage(join(options.uiFolder, 'index.html')));
  app.use((req) => {
    throw new CostGuardError('not_found', `There is no ${req.path} here; start at /.`);
  });
  app.use(errorHandler(options.log));
  return { app, endStreams: proxy.endStreams };
}

// No upgrade-insecure-requests: on plain http it would break the page.
const POLICY = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'connect-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** The build puts a hash of its content into the name of each asset; everything else keeps its name and may change. */
function setHeaders(res: Response, path: string): void {
  const isHashed = path.includes(`${sep}assets${sep}`);
  res.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}

/** Addresses inside the app are its page; a file that is missing is not. */
function appPage(file: string) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const isPage =
      ['GET', 'HEAD'].includes(req.method) &&
      extname(req.path) === '' &&
      req.accepts(['html', 'json']) === 'html';
    if (!isPage) {
      next();
      return;
    }
    res.setHeader('Cache-Control', 'no-cache');
    res.sendFile(file, { cacheControl: false });
  };
}
