import type { Client } from '@temporalio/client';
import type proto from '@temporalio/proto';
import { waitUntil } from '../../cli/launch/waitUntil.ts';

/** Makes a build the one that new work goes to, as `temporal worker deployment set-current-version`; waits for its worker. */
export async function makeCurrent(
  client: Client,
  deploymentName: string,
  buildId: string,
): Promise<void> {
  const { namespace } = client.options;
  const request = { namespace, deploymentName, buildId };
  await waitUntil(
    () => client.workflowService.setWorkerDeploymentCurrentVersion(request).then(() => true),
    { timeoutMs: 60_000, intervalMs: 250, what: `a worker of build ${buildId} polls` },
  );
}

/** The builds that did a workflow's tasks, in their order, without repetitions in a row; `undefined` is a worker without. */
export function buildsOf(history: proto.temporal.api.history.v1.IHistory): (string | undefined)[] {
  return (history.events ?? [])
    .map((event) => event.workflowTaskCompletedEventAttributes)
    .filter((task) => task != null)
    .map((task) => task.deploymentVersion?.buildId ?? undefined)
    .filter((build, index, all) => index === 0 || build !== all[index - 1]);
}
