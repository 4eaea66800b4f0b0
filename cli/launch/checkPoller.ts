import { hostname } from 'node:os';
import { temporalAddress } from '../../core/config/addresses.ts';
import { parseEnv } from '../../core/config/env.ts';
import { hasPoller } from './temporal/hasPoller.ts';

/** A worker container's health check: exit code 0 when Temporal sees this host poll the task queue given as argument. */
const [taskQueue = ''] = process.argv.slice(2);
const env = parseEnv(process.env);
const isPolling = await hasPoller({
  address: temporalAddress(env),
  namespace: env.TEMPORAL_NAMESPACE,
  taskQueue,
  isOurs: (identity) => identity.endsWith(`@${hostname()}`),
}).catch(() => false);
process.exit(isPolling ? 0 : 1);
