import type { Client } from '@temporalio/client';
import type proto from '@temporalio/proto';

type Event = proto.temporal.api.history.v1.IHistoryEvent;

/** All that Temporal itself knows of a workflow, as whoever reads its database would: texts and bytes, one a line. */
export async function rawHistory(client: Client, workflowId: string): Promise<string> {
  const { namespace } = client.options;
  const execution = { workflowId };
  const events: Event[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution,
      ...(nextPageToken !== undefined && { nextPageToken }),
    });
    events.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
  const description = await client.workflowService.describeWorkflowExecution({
    namespace,
    execution,
  });
  return [...textsOf(events), ...textsOf(description)].join('\n');
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]);
}
