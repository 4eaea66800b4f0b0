import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a pod reaches the API server of its cluster, and as whom. */
export interface Cluster {
  /** Without a slash at its end. */
  url: string;
  /** The certificate authority of the API server, PEM. */
  ca: string;
  /** The token of the pod's ServiceAccount. */
  token: string;
  /** The pod's own namespace. */
  namespace: string;
}

/** Where the kubelet mounts a ServiceAccount. @see https://kubernetes.io/docs/tasks/run-application/access-api-from-pod */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The cluster that this process runs in. @throws Error outside of a pod, or in one without a ServiceAccount's token */
export function openCluster(folder = ACCOUNT, url = 'https://kubernetes.default.svc'): Cluster {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8').trim();
  return { url, ca: read('ca.crt'), token: read('token'), namespace: read('namespace') };
}
