import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ACCOUNTS_FILE } from './accountsFile.ts';
import { projectRoot } from './projectRoot.ts';
import { InitResult } from './runCostguard.ts';

/**
 * Runs a compiled part with the client credentials that `prepareInstallation` left for it: `runPart.js ACCOUNT PART
 * [FILE]`, PART inside `dist/`. Credentials that stand in the environment already win; an account that is not there needs none.
 */
const [account = '', part = '', file = ACCOUNTS_FILE] = process.argv.slice(2);
const source = process.env;
const { serviceAccounts } = InitResult.parse(JSON.parse(readFileSync(file, 'utf8')));
const credentials = serviceAccounts[account];
if (credentials !== undefined) {
  source['COSTGUARD_CLIENT_ID'] ??= credentials.clientId;
  source['COSTGUARD_CLIENT_SECRET'] ??= credentials.clientSecret;
}
await import(pathToFileURL(join(projectRoot, 'dist', part)).href);
