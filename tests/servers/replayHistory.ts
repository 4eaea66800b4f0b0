import type proto from '@temporalio/proto';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { TEST_DATA_CONVERTER } from './testPayloads.ts';

/** Replays a history with today's code. @throws DeterminismViolationError where that would do something else */
export function replayHistory(
  workflowBundle: WorkflowBundle,
  history: proto.temporal.api.history.v1.IHistory,
  name: string,
): Promise<void> {
  return Worker.runReplayHistory(
    { workflowBundle, dataConverter: TEST_DATA_CONVERTER },
    history,
    name,
  );
}
