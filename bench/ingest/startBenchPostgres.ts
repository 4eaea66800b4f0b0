import { join } from 'node:path';
import { findFreePort } from '../../cli/launch/findFreePort.ts';
import { appDatabaseUrl, createAppDatabase } from '../../cli/launch/postgres/createAppDatabase.ts';
import { createCluster } from '../../cli/launch/postgres/createCluster.ts';
import { postgresPasswords } from '../../cli/launch/postgres/postgresPasswords.ts';
import { postgresSpec, superuserUrl } from '../../cli/launch/postgres/postgresSpec.ts';
import { startProcess } from '../../cli/launch/process/startProcess.ts';
import { migrate } from '../../db/migrate.ts';

/** Starts the Postgres of `npm start` in a folder, with its own settings (durable), and migrates it. */
export async function startBenchPostgres(
  folder: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const passwords = postgresPasswords(join(folder, 'passwords.json'));
  const dataDir = join(folder, 'postgres');
  await createCluster(dataDir, passwords.superuser);
  const port = await findFreePort();
  const options = { dataDir, port, superuserPassword: passwords.superuser };
  const server = startProcess(postgresSpec(options), { onLine: () => undefined });
  await server.waitReady();
  await createAppDatabase({
    superuserUrl: superuserUrl(options),
    password: passwords.costguard,
    database: 'bench',
  });
  const url = appDatabaseUrl(port, passwords.costguard, 'bench');
  await migrate(url, superuserUrl(options, 'bench'));
  return { url, stop: () => server.stop() };
}
