import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNTS_FOLDER, credentialsFile } from './accountFolders.ts';
import { prepareServers } from './prepareServers.ts';

/**
 * What stands before all parts where they are containers, once for each start; leaves each part's client credentials in a
 * folder of its own, below the one given as argument, from where `runPart` reads them.
 */
const [folder = ACCOUNTS_FOLDER] = process.argv.slice(2);
const { serviceAccounts } = await prepareServers(process.env);
for (const [name, credentials] of Object.entries(serviceAccounts)) {
  mkdirSync(join(folder, name), { recursive: true });
  const file = credentialsFile(join(folder, name));
  writeFileSync(`${file}.new`, JSON.stringify(credentials), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
process.stdout.write('ready: namespace, database, keys and accounts\n');
