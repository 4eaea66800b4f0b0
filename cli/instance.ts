import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EnvError, parseEnv, type Env } from '../core/config/env.ts';
import { connect, type Connected } from '../db/connect.ts';

/** A running instance, as its operator reaches it: the configuration and the database. */
export interface Instance extends Connected {
  env: Env;
  databaseUrl: string;
}

/**
 * Opens the instance's database: DATABASE_URL, else the embedded one of the "npm start" that runs now.
 *
 * @throws EnvError when neither is there
 */
export function openInstance(): Instance {
  const env = parseEnv(process.env);
  const databaseUrl = findDatabaseUrl(env);
  return {
    env,
    databaseUrl,
    ...connect(databaseUrl, { applicationName: 'costguard-cli', poolSizeMax: 4 }),
  };
}

/** Where the instance's database is. @throws EnvError where neither is there */
export const findDatabaseUrl = (env: Env): string => env.DATABASE_URL ?? embeddedDatabaseUrl(env);

/** Runs with the instance and closes it afterwards. */
export async function withInstance<T>(use: (instance: Instance) => Promise<T>): Promise<T> {
  const instance = openInstance();
  try {
    return await use(instance);
  } finally {
    await instance.close();
  }
}

/** `npm start` leaves the address of its database in COSTGUARD_HOME, readable by its owner only. */
function embeddedDatabaseUrl(env: Env): string {
  const file = path.join(env.COSTGUARD_HOME, 'database-url');
  if (!existsSync(file)) {
    throw new EnvError([
      'DATABASE_URL: set it, or run "npm start" first: its database is then found by itself',
    ]);
  }
  return readFileSync(file, 'utf8').trim();
}
