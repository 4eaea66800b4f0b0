import type { WorkerDeploymentOptions } from '@temporalio/worker';
import { type Env, EnvError } from '../core/config/env.ts';

/**
 * Which build of which deployment a worker is; undefined without `TEMPORAL_DEPLOYMENT_NAME`: a versioned worker is given
 * nothing to do until somebody has made its build the current one, so development goes without.
 *
 * @throws EnvError where only one of name and build is set
 */
export function versioningOf(env: Env): WorkerDeploymentOptions | undefined {
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } = env;
  if (deploymentName === undefined && buildId === undefined) return undefined;
  if (deploymentName === undefined || buildId === undefined) {
    throw new EnvError([
      'TEMPORAL_DEPLOYMENT_NAME, TEMPORAL_WORKER_BUILD_ID: set both for a versioned worker, or neither',
    ]);
  }
  return {
    version: { deploymentName, buildId },
    useWorkerVersioning: true,
    // The SDK asks for one; all our workflows declare their own.
    defaultVersioningBehavior: 'PINNED',
  };
}
