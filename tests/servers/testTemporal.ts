import { Connection } from '@temporalio/client';
import { askBroker } from './askBroker.ts';

/** The run's real Temporal server, and a connection of the caller's own to it. */
export interface TestTemporal {
  /** HOST:PORT, for `NativeConnection.connect` and for `TEMPORAL_ADDRESS` of processes. */
  address: string;
  namespace: string;
  /** The Web UI. */
  uiUrl: string;
  /** The server's program, for tests that start and kill a server of their own. */
  executable: string;
  connection: Connection;
  /** Closes the connection; the server stays for the other files. */
  close: () => Promise<void>;
}

/**
 * Connects to the Temporal server of this test run; the namespace has CostGuard's search attributes. All files share it,
 * so use task queues, workflow ids and schedule ids of your own (with a random part), and delete the schedules you make.
 */
export async function testTemporal(): Promise<TestTemporal> {
  const server = await askBroker('temporal');
  const connection = await Connection.connect({ address: server.address });
  return { ...server, connection, close: () => connection.close() };
}
