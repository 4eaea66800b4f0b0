import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporalAddress } from '../../core/config/addresses.ts';
import { parseEnv } from '../../core/config/env.ts';
import { ACCOUNTS_FOLDER, credentialsFile } from './accountFolders.ts';
import { initialise } from './runCostguard.ts';
import { prepareNamespace } from './temporal/prepareNamespace.ts';
import { waitUntil } from './waitUntil.ts';

/**
 * What stands before all parts where they are containers, once for each start: the namespace with its search attributes,
 * the migrated database, keys and the first admin; leaves each part's client credentials in a folder of its own, below the
 * one given as argument, from where `runPart` reads them.
 */
const [folder = ACCOUNTS_FOLDER] = process.argv.slice(2);
const env = parseEnv(process.env);
await waitUntil(
  () => prepareNamespace(temporalAddress(env), env.TEMPORAL_NAMESPACE).then(() => true),
  { timeoutMs: 120_000, intervalMs: 2_000, what: 'Temporal is ready' },
);
const frame = { source: process.env, settings: {} };
const { serviceAccounts } = await initialise(frame, new AbortController().signal);
for (const [name, credentials] of Object.entries(serviceAccounts)) {
  mkdirSync(join(folder, name), { recursive: true });
  const file = credentialsFile(join(folder, name));
  writeFileSync(`${file}.new`, JSON.stringify(credentials), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
process.stdout.write('ready: namespace, database, keys and accounts\n');
