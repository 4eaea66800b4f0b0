import express, { type Express, type Request } from 'express';
import helmet from 'helmet';
import swaggerUi from 'swagger-ui-express';
import { CostGuardError } from '../core/errors.ts';
import { errorHandler } from './http/errorHandler.ts';
import { mountRoutes, type MountOptions } from './http/mountRoutes.ts';
import { openApiDocument } from './http/openApiDocument.ts';
import { requestLog } from './http/requestLog.ts';
import { traceRequests } from './http/traceRequests.ts';
import { ROUTES } from './routes.ts';
import type { Services } from './services.ts';
import { VERSION } from './system/version.ts';
import { createMetrics } from './system/metrics.ts';

const BODY_BYTES_MAX = 1_000_000;

// A batch of spans carries prompts and answers, which are dropped here but have come along.
const OTLP_BYTES_MAX = 8_000_000;
const OTLP_TYPES = ['application/json', 'application/x-protobuf'];
const OTLP_PATHS = ROUTES.filter(({ bodyType }) => bodyType === 'otlp').map(({ path }) => path);
const FORM_PATHS = ROUTES.filter(({ bodyType }) => bodyType === 'form').map(({ path }) => path);

/** The Express app: a thin shell around the routes. */
export function createApp(services: Services, options: MountOptions = {}): Express {
  const app = express();
  const metrics = createMetrics();
  app.disable('x-powered-by');
  app.set('trust proxy', services.env.TRUSTED_PROXIES);
  app.set('query parser', 'simple');
  app.use(requestLog(services.log));
  app.use(metrics.observe);
  app.use(traceRequests());
  app.use(
    helmet({
      contentSecurityPolicy: {
        // Swagger UI sets styles from its script; nothing else on this origin is a page.
        directives: {
          'style-src': ["'self'", "'unsafe-inline'"],
          'upgrade-insecure-requests': null,
        },
      },
    }),
  );
  const document = openApiDocument(ROUTES, VERSION);
  app.get('/openapi.json', (_req, res) => {
    res.json(document);
  });
  app.use(
    '/docs',
    swaggerUi.serve,
    swaggerUi.setup(document, { customSiteTitle: 'CostGuard AI API' }),
  );
  app.get('/metrics', metrics.serve);
  app.use(['/api', '/oauth'], (_req, res, next) => {
    // Replies are about one caller, and some hold secrets.
    res.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(onlyJsonBodies);
  app.use(OTLP_PATHS, express.raw({ type: OTLP_TYPES, limit: OTLP_BYTES_MAX }));
  app.use(express.json({ limit: BODY_BYTES_MAX }));
  app.use(FORM_PATHS, express.urlencoded({ extended: false, limit: BODY_BYTES_MAX }));
  mountRoutes(app, ROUTES, services, options);
  app.use((req) => {
    throw new CostGuardError('not_found', `There is no ${req.path}; /docs lists what there is.`);
  });
  app.use(errorHandler(services.log));
  return app;
}

/** A body of another type would be ignored silently; say so instead. */
function onlyJsonBodies(req: Request, _res: unknown, next: () => void): void {
  const hasBody =
    req.headers['transfer-encoding'] !== undefined ||
    Number(req.headers['content-length'] ?? 0) > 0;
  const isForm =
    FORM_PATHS.includes(req.path) && req.is('application/x-www-form-urlencoded') !== false;
  const isOtlp = OTLP_PATHS.includes(req.path) && req.is('application/x-protobuf') !== false;
  if (hasBody && !isForm && !isOtlp && req.is('application/json') === false) {
    throw new CostGuardError('unsupported_media_type', 'Send the body as application/json.');
  }
  next();
}
