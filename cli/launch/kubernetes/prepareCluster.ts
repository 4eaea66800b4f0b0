import { prepareServers } from '../prepareServers.ts';
import { openCluster } from './openCluster.ts';
import { patchSecret } from './patchSecret.ts';

/**
 * The same as `prepareInstallation` where the parts are pods: `prepareCluster.js PREFIX PARTS [FOLDER URL]` leaves the client
 * credentials of each of PARTS (comma-separated) in the Secret PREFIX-account-PART, which only that part mounts, and the first
 * admin's password in PREFIX-first-admin if it was made up. The Secrets are there already, made empty by the chart: the Job may
 * patch these by name and touch no other.
 *
 * FOLDER is where the ServiceAccount is mounted, URL where the API server answers, if not as in any pod.
 */
const [prefix, parts, folder, url] = process.argv.slice(2);
if (prefix === undefined || parts === undefined)
  throw new TypeError('usage: prepareCluster.js PREFIX PARTS [FOLDER URL]');
const cluster = openCluster(folder, url);
// A password that was made up and could not be kept would be lost: says at once whether it can be.
await patchSecret(cluster, `${prefix}-first-admin`, {});
const { adminPassword, serviceAccounts } = await prepareServers(process.env);
if (adminPassword !== undefined)
  await patchSecret(cluster, `${prefix}-first-admin`, { password: adminPassword });
for (const part of parts.split(',')) {
  const credentials = serviceAccounts[part];
  if (credentials === undefined)
    throw new Error(`This version has no part ${part}; use chart and images of one version.`);
  await patchSecret(cluster, `${prefix}-account-${part}`, {
    'credentials.json': JSON.stringify(credentials),
  });
}
process.stdout.write('ready: namespace, database, keys and accounts\n');
