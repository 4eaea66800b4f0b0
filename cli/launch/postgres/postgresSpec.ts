import { join } from 'node:path';
import pg from 'pg';
import type { ProcessSpec } from '../process/processSpec.ts';
import { postgresBinaries } from './postgresBinaries.ts';
import { postgresUser } from './postgresUser.ts';

/** Where the cluster is, where it listens, and settings beyond Postgres' own defaults. */
export interface PostgresOptions {
  dataDir: string;
  port: number;
  superuserPassword: string;
  /** `name=value`, as after `postgres -c`. */
  settings?: readonly string[];
}

/** Address of a database for the superuser, by default its own. */
export const superuserUrl = (
  { port, superuserPassword }: Pick<PostgresOptions, 'port' | 'superuserPassword'>,
  database = 'postgres',
): string => `postgresql://postgres:${superuserPassword}@127.0.0.1:${port}/${database}`;

/** The embedded Postgres as a process: loopback only, no Unix socket, quick but clean stop. */
export function postgresSpec(options: PostgresOptions): ProcessSpec {
  const { postgres } = postgresBinaries();
  const user = postgresUser([options.dataDir, postgres]);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'timezone=UTC',
    'log_timezone=UTC',
    // Only what a person should act on; the default also tells every start, checkpoint and stop.
    'log_min_messages=warning',
    'log_min_error_statement=panic',
    ...(options.settings ?? []),
  ].flatMap((setting) => ['-c', setting]);
  return {
    name: 'postgres',
    ...user.wrap(postgres, ['-D', options.dataDir, '-p', String(options.port), ...settings]),
    knownBy: [postgres, '-D', options.dataDir],
    env: { PATH: process.env['PATH'], LC_MESSAGES: 'C' },
    cwd: join(options.dataDir, '..'),
    ...(user.ids === undefined ? {} : { user: user.ids }),
    // SIGINT is Postgres' "fast" stop: it ends sessions instead of waiting for them.
    stopSignal: 'SIGINT',
    // Each start tells the version, the port and the like.
    isShown: (line) => !line.includes(' LOG:  '),
    isReady: () => answers(superuserUrl(options), options.dataDir),
  };
}

/** Whether the server there answers and really works on our folder, not another one that took the port. */
async function answers(url: string, dataDir: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(
      `select current_setting('data_directory') as folder`,
    );
    return rows[0]?.folder === dataDir;
  } finally {
    await client.end();
  }
}
