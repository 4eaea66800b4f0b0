import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import type { ConnectionSchedule } from '../../core/contracts/connection.ts';
import { detectiveScheduleId } from '../../core/connections/scheduleId.ts';

/** When the costs of a connection are polled next, and since when they are; nothing of both where it has no schedule. */
export async function readSchedule(
  temporal: Client,
  connectionId: string,
): Promise<ConnectionSchedule> {
  try {
    const described = await temporal.schedule
      .getHandle(detectiveScheduleId(connectionId))
      .describe();
    return {
      connectionId,
      isKnown: true,
      nextPollAt: described.state.paused ? null : nextOf(described),
      runningSince: runningSince(described),
    };
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    return { connectionId, isKnown: true, nextPollAt: null, runningSince: null };
  }
}

/** The scheduled time of the poll that runs, as an ISO instant; null where none does. */
export function runningSince({ info }: Pick<ScheduleDescription, 'info'>): string | null {
  const running = new Set(info.runningActions.map(({ workflow }) => workflow.workflowId));
  const started = info.recentActions.find(({ action }) => running.has(action.workflow.workflowId));
  return started?.scheduledAt.toISOString() ?? null;
}

function nextOf({ info }: ScheduleDescription): string | null {
  return info.nextActionTimes[0]?.toISOString() ?? null;
}
