import { readFileSync, watchFile } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ACCOUNT_FOLDER, credentialsFile } from './accountFolders.ts';
import { projectRoot } from './projectRoot.ts';
import { ClientCredentials } from './runCostguard.ts';

/**
 * Runs a compiled part with the client credentials that `prepareInstallation` left for it: `runPart.js PART [FOLDER]`, PART
 * inside `dist/`. Credentials that stand in the environment already win.
 */
const [part = '', folder = ACCOUNT_FOLDER] = process.argv.slice(2);
const source = process.env;
if (source['COSTGUARD_CLIENT_ID'] === undefined) {
  const text = readFileSync(credentialsFile(folder), 'utf8');
  const { clientId, clientSecret, payloadKeys } = ClientCredentials.parse(JSON.parse(text));
  source['COSTGUARD_CLIENT_ID'] = clientId;
  source['COSTGUARD_CLIENT_SECRET'] = clientSecret;
  if (payloadKeys !== undefined) source['COSTGUARD_PAYLOAD_KEYS'] ??= payloadKeys;
  // The preparation of another start gave this part a new secret, and the old one lasts a day: ends in order, to be
  // started again with it.
  watchFile(credentialsFile(folder), { persistent: false, interval: 60_000 }, () => {
    process.kill(process.pid, 'SIGTERM');
  });
}
await import(pathToFileURL(join(projectRoot, 'dist', part)).href);
