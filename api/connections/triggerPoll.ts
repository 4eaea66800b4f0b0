import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleHandle } from '@temporalio/client';
import { runningSince } from './readSchedule.ts';

/** What came of asking a schedule for a poll now. */
export interface Triggered {
  /** False where the poll before still runs: the schedule skips what would overlap. */
  triggered: boolean;
  /** ISO instant of the poll that runs instead. */
  runningSince: string | null;
}

const LOOK_MS = 100;
const LOOKS = 30;

/**
 * Has a schedule start its workflow now and waits until it has, or has skipped it: the schedule answers a trigger before it
 * acts on it, and skips without a word. Where it has done neither after some seconds, the poll still comes.
 */
export async function triggerPoll(schedule: ScheduleHandle): Promise<Triggered> {
  const { info: before } = await schedule.describe();
  // The default overlap policy of a manual trigger is ALLOW_ALL, which would poll twice at once.
  await schedule.trigger('SKIP');
  for (let look = 0; look < LOOKS; look += 1) {
    const described = await schedule.describe();
    const { numActionsTaken, numActionsSkippedOverlap } = described.info;
    if (numActionsTaken > before.numActionsTaken) break;
    if (numActionsSkippedOverlap > before.numActionsSkippedOverlap) {
      return { triggered: false, runningSince: runningSince(described) };
    }
    await sleep(LOOK_MS);
  }
  return { triggered: true, runningSince: null };
}
