import { Connection } from '@temporalio/client';

/** Whether Temporal sees the wanted worker poll the task queue for workflow tasks. Throws when it cannot be reached. */
export async function hasPoller(options: {
  address: string;
  namespace: string;
  taskQueue: string;
  /** Says of a poller's identity, PID@HOST for the SDK's workers, whether it is the wanted one. */
  isOurs: (identity: string) => boolean;
}): Promise<boolean> {
  const { address, isOurs, namespace, taskQueue } = options;
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    const { pollers } = await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
      }),
    );
    return pollers.some(({ identity }) => isOurs(identity ?? ''));
  } finally {
    await connection.close();
  }
}
