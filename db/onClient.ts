import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Database } from './connect.ts';
import type { DB } from './schema.gen.ts';

/** Typed queries inside the transaction that somebody runs on a client of their own, who also ends it. */
export function onClient(client: pg.PoolClient): Database {
  return new Kysely<DB>({
    dialect: new PostgresDialect({
      pool: {
        connect: () =>
          Promise.resolve({ query: client.query.bind(client), release: () => undefined }),
        end: () => Promise.resolve(),
      },
    }),
  });
}
