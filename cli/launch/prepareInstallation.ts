import { renameSync, writeFileSync } from 'node:fs';
import { temporalAddress } from '../../core/config/addresses.ts';
import { parseEnv } from '../../core/config/env.ts';
import { ACCOUNTS_FILE } from './accountsFile.ts';
import { initialise } from './runCostguard.ts';
import { prepareNamespace } from './temporal/prepareNamespace.ts';
import { waitUntil } from './waitUntil.ts';

/**
 * What stands before all parts where they are containers, once for each start: the namespace with its search attributes,
 * the migrated database, keys and the first admin; leaves the parts' client credentials where `runPart` finds them: in
 * the file given as argument.
 */
const [file = ACCOUNTS_FILE] = process.argv.slice(2);
const env = parseEnv(process.env);
await waitUntil(
  () => prepareNamespace(temporalAddress(env), env.TEMPORAL_NAMESPACE).then(() => true),
  { timeoutMs: 120_000, intervalMs: 2_000, what: 'Temporal is ready' },
);
const frame = { source: process.env, settings: {} };
const { serviceAccounts } = await initialise(frame, new AbortController().signal);
writeFileSync(`${file}.new`, JSON.stringify({ serviceAccounts }), { mode: 0o600 });
renameSync(`${file}.new`, file);
process.stdout.write('ready: namespace, database, keys and accounts\n');
