import { prepareServers } from '../prepareServers.ts';
import { openCluster } from './openCluster.ts';
import { patchSecret } from './patchSecret.ts';

/**
 * The same as `prepareInstallation` where the parts are pods: it leaves each part's client credentials in the Secret
 * PREFIX-account-PART, which only that part mounts, and the first admin's password in PREFIX-first-admin if
 * it was made up. The Secrets are there already, made empty by the chart: the Job may patch these by name and touch no other.
 *
 * `prepareCluster.js PREFIX [FOLDER URL]`: where the ServiceAccount is mounted and the API server answers, if not as in any pod.
 */
const [prefix = '', folder, url] = process.argv.slice(2);
if (prefix === '') throw new TypeError('usage: prepareCluster.js PREFIX [FOLDER URL]');
const cluster = openCluster(folder, url);
// A password that was made up and could not be kept would be lost: says at once whether it can be.
await patchSecret(cluster, `${prefix}-first-admin`, {});
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
