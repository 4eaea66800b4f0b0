import { Connection } from '@temporalio/client';

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
/** `ServingStatus.SERVING` of gRPC's health protocol. */
const SERVING = 1;

/** Whether the server at `address` (HOST:PORT) serves and has the namespace. Throws when it cannot be reached. */
export async function isTemporalReady(address: string, namespace: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    return await connection.withDeadline(Date.now() + 2_000, async () => {
      const { status }: { status: number } = await connection.healthService.check({
        service: SERVICE,
      });
      if (status !== SERVING) return false;
      await connection.workflowService.describeNamespace({ namespace });
      return true;
    });
  } finally {
    await connection.close();
  }
}
