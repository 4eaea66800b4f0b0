import { prepareServers } from '../prepareServers.ts';
import { openCluster } from './openCluster.ts';
import { patchSecret } from './patchSecret.ts';

/**
 * The same as `prepareInstallation` where the parts are pods: `prepareCluster.js PREFIX` leaves each part's client credentials
 * in the Secret PREFIX-account-PART, which only that part mounts, and the first admin's password in PREFIX-first-admin if
 * it was made up. The Secrets are there already, made empty by the chart: the Job may write these and read none.
 */
const [prefix = ''] = process.argv.slice(2);
if (prefix === '') throw new TypeError('usage: prepareCluster.js PREFIX');
const cluster = openCluster();
const { adminPassword, serviceAccounts } = await prepareServers(process.env);
if (adminPassword !== undefined)
  await patchSecret(cluster, `${prefix}-first-admin`, { password: adminPassword });
for (const [name, credentials] of Object.entries(serviceAccounts)) {
  // Nobody signs in with it: the API speaks in this name without a secret.
  if (name === 'api') continue;
  await patchSecret(cluster, `${prefix}-account-${name}`, {
    'credentials.json': JSON.stringify(credentials),
  });
}
process.stdout.write('ready: namespace, database, keys and accounts\n');
