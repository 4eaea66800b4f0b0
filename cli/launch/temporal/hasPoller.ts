import { Connection } from '@temporalio/client';

/** Whether Temporal sees the process with this id poll the task queue for workflow tasks. Throws when it cannot be reached. */
export async function hasPoller(options: {
  address: string;
  namespace: string;
  taskQueue: string;
  pid: number;
}): Promise<boolean> {
  const { address, namespace, pid, taskQueue } = options;
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    const { pollers } = await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
      }),
    );
    // The SDK's workers call themselves PID@HOST.
    return pollers.some(({ identity }) => identity?.startsWith(`${pid}@`) === true);
  } finally {
    await connection.close();
  }
}
