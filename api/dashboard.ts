import { createServer } from 'node:http';
import { pino } from 'pino';
import { internalApiUrl } from '../core/config/addresses.ts';
import { EnvError, parseEnv } from '../core/config/env.ts';
import { createDashboard } from './dashboard/createDashboard.ts';
import { uiFolder } from './dashboard/uiFolder.ts';
import { closeServer } from './http/closeServer.ts';

const DRAIN_MS = 10_000;

function main(): void {
  const env = parseEnv(process.env);
  const log = pino({ level: env.LOG_LEVEL, base: { part: 'dashboard' } });
  const { app, endStreams } = createDashboard({
    apiUrl: internalApiUrl(env),
    uiFolder: uiFolder(import.meta.dirname),
    log,
  });
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 20_000 }, app);
  server.on('error', (error) => {
    log.fatal({ err: error }, 'the dashboard cannot listen');
    process.exit(1);
  });
  server.listen(env.UI_PORT, env.BIND_ADDRESS, () =>
    log.info({ port: env.UI_PORT }, 'dashboard is listening'),
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info('dashboard is stopping');
      endStreams();
      void closeServer(server, DRAIN_MS).then(() => process.exit(0));
    });
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof EnvError ? 2 : 1);
}
