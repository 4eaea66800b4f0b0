import { createServer } from 'node:http';
import { pino } from 'pino';
import { EnvError, parseEnv } from '../../../core/config/env.ts';
import { createWebUi } from './createWebUi.ts';

/**
 * The Temporal Web UI as people see it, at TEMPORAL_UI_PORT of loopback, in front of the development server's own at the
 * port given as argument. Exit codes: 0 ended in order, 1 broke, 2 wrong configuration.
 */
function main([upstreamPort]: string[]): void {
  const env = parseEnv(process.env);
  const log = pino({ name: 'temporal-ui', level: env.LOG_LEVEL });
  const server = createServer(createWebUi(env, `http://127.0.0.1:${upstreamPort ?? ''}`, log));
  server.on('error', (error) => {
    log.fatal({ err: error }, 'the Temporal Web UI cannot listen');
    process.exit(1);
  });
  server.listen(env.TEMPORAL_UI_PORT, '127.0.0.1');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.closeAllConnections();
      server.close(() => process.exit(0));
    });
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof EnvError ? 2 : 1);
}
