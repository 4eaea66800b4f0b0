import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type pg from 'pg';
import {
  DETECTIVE_TASK_QUEUE,
  DETECTIVE_WORKFLOW_TYPE,
} from '../../workflows/detectiveSchedule.ts';

/** Where polls are started. */
export interface PollTarget {
  temporalAddress: string;
  dataConverter: DataConverter;
  client: pg.Client;
}

let round = 0;

/**
 * Starts a poll of each connection at the same moment, as after an outage, and waits for all; returns seconds.
 *
 * @throws Error where a connection is not healthy afterwards
 */
export async function pollConnections(
  { temporalAddress, dataConverter, client }: PollTarget,
  ids: readonly string[],
): Promise<number> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const { workflow } = new Client({ connection, namespace: 'costguard', dataConverter });
    round += 1;
    const started = performance.now();
    const polls = await Promise.all(
      ids.map((connectionId) =>
        workflow.start(DETECTIVE_WORKFLOW_TYPE, {
          taskQueue: DETECTIVE_TASK_QUEUE,
          workflowId: `detective-${connectionId}-${round}`,
          args: [{ connectionId, provider: 'aws' }],
        }),
      ),
    );
    await Promise.allSettled(polls.map((poll) => poll.result()));
    const seconds = (performance.now() - started) / 1000;
    const { rows } = await client.query<{ name: string; why: string | null }>(
      `select name, health_detail as why from connections where id = any ($1) and health_status <> 'healthy'`,
      [ids],
    );
    if (rows.length > 0)
      throw new Error(`Not all polls went well: ${JSON.stringify(rows.slice(0, 3))}`);
    return seconds;
  } finally {
    await connection.close();
  }
}
